/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tls_symbol.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

struct search {
    const char *name;
    const char *address;
    size_t size;
};

struct symbols {
    const ElfW(Sym) * table;
    const char *names;
    const uint32_t *gnu_hash;
};

/* The dynamic linker has made addresses of these, on x86-64 and aarch64. */
static struct symbols symbols_of(const ElfW(Dyn) * dynamic) {
    struct symbols symbols = {NULL, NULL, NULL};
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_SYMTAB) symbols.table = (const ElfW(Sym) *)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_STRTAB) symbols.names = (const char *)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_GNU_HASH) symbols.gnu_hash = (const uint32_t *)dynamic->d_un.d_ptr;
    }
    return symbols;
}

/* DT_GNU_HASH: four words, a Bloom filter of words of the machine, buckets of first indexes, chains of hashes that end with an odd one. */
static const ElfW(Sym) * symbol_named(const struct symbols *symbols, const char *name) {
    uint32_t wanted = 5381;
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++) wanted = wanted * 33 + *at;
    uint32_t buckets = symbols->gnu_hash[0];
    uint32_t first = symbols->gnu_hash[1];
    uint32_t filter_words = symbols->gnu_hash[2];
    const uint32_t *bucket = (const uint32_t *)((const ElfW(Addr) *)(symbols->gnu_hash + 4) + filter_words);
    const uint32_t *chain = bucket + buckets;
    if (buckets == 0) return NULL;
    for (uint32_t index = bucket[wanted % buckets]; index >= first; index++) {
        uint32_t hash = chain[index - first];
        const ElfW(Sym) *symbol = &symbols->table[index];
        if ((hash | 1) == (wanted | 1) && strcmp(symbols->names + symbol->st_name, name) == 0) return symbol;
        if ((hash & 1) != 0) return NULL;
    }
    return NULL;
}

static struct symbols symbols_in(const struct dl_phdr_info *library) {
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &library->dlpi_phdr[i];
        if (header->p_type == PT_DYNAMIC) return symbols_of((const ElfW(Dyn) *)(library->dlpi_addr + header->p_vaddr));
    }
    return (struct symbols){NULL, NULL, NULL};
}

static int look_at(struct dl_phdr_info *library, size_t bytes, void *argument) {
    struct search *search = argument;
    if (bytes < offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof library->dlpi_tls_data || library->dlpi_tls_data == NULL) return 0;
    const char *block = library->dlpi_tls_data;
    size_t block_bytes = 0;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        if (library->dlpi_phdr[i].p_type == PT_TLS) block_bytes = library->dlpi_phdr[i].p_memsz;
    }
    if (search->address < block || search->address >= block + block_bytes) return 0;
    search->size = block_bytes - (size_t)(search->address - block);
    struct symbols symbols = symbols_in(library);
    if (symbols.table == NULL || symbols.names == NULL || symbols.gnu_hash == NULL) return 1;
    const ElfW(Sym) *symbol = symbol_named(&symbols, search->name);
    /* Size 0: the library was written in assembly, and its author did not say. */
    if (symbol != NULL && block + symbol->st_value == search->address && symbol->st_size > 0) search->size = symbol->st_size;
    return 1;
}

size_t tls_symbol_size(const char *name, const void *address, size_t otherwise) {
    struct search search = {.name = name, .address = address, .size = otherwise};
    dl_iterate_phdr(look_at, &search);
    return search.size;
}

struct owners_search {
    const char *name;
    struct symbol_owners *owners;
};

static int name_owner(struct dl_phdr_info *library, size_t bytes, void *argument) {
    (void)bytes;
    struct owners_search *search = argument;
    struct symbol_owners *owners = search->owners;
    /* The program has no name, and the vDSO no path. */
    if (library->dlpi_name == NULL || strchr(library->dlpi_name, '/') == NULL || strlen(library->dlpi_name) >= PATH_MAX) return 0;
    struct symbols symbols = symbols_in(library);
    if (symbols.table == NULL || symbols.names == NULL) return 0;
    if (symbols.gnu_hash != NULL && symbol_named(&symbols, search->name) == NULL) return 0;
    strcpy(owners->paths[owners->count++], library->dlpi_name);
    return owners->count == (int)(sizeof owners->paths / sizeof *owners->paths);
}

void find_symbol_owners(const char *name, struct symbol_owners *owners) {
    struct owners_search search = {.name = name, .owners = owners};
    owners->count = 0;
    dl_iterate_phdr(name_owner, &search);
}
