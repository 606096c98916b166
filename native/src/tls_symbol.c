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

static int look_at(struct dl_phdr_info *library, size_t bytes, void *argument) {
    struct search *search = argument;
    if (bytes < offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof library->dlpi_tls_data || library->dlpi_tls_data == NULL) return 0;
    const char *block = library->dlpi_tls_data;
    size_t block_bytes = 0;
    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &library->dlpi_phdr[i];
        if (header->p_type == PT_TLS) block_bytes = header->p_memsz;
        if (header->p_type == PT_DYNAMIC) dynamic = (const ElfW(Dyn) *)(library->dlpi_addr + header->p_vaddr);
    }
    if (search->address < block || search->address >= block + block_bytes) return 0;
    search->size = block_bytes - (size_t)(search->address - block);
    if (dynamic == NULL) return 1;
    struct symbols symbols = symbols_of(dynamic);
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
