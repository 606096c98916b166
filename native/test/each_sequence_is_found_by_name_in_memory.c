/*
 * each_sequence_is_found_by_name_in_memory LIBRARY: asks the dynamic linker where the sequences of the agent's library are, which looks where
 * a profiler looks whose library file is deleted, what is there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>

#include "../src/sequences.h"
#include "check.h"

enum { COUNT_MAX = 64 };

static uintptr_t found[COUNT_MAX];
static int count;

static void has_a_name_and_a_size_of_its_own(uintptr_t address) {
    Dl_info at_start;
    const ElfW(Sym) *symbol = NULL;
    CHECK(dladdr1((void *)address, &at_start, (void **)&symbol, RTLD_DL_SYMENT) != 0);
    CHECK(symbol != NULL && at_start.dli_sname != NULL);
    CHECK_EQ((uintptr_t)at_start.dli_saddr, address);
    CHECK_EQ(ELF64_ST_TYPE(symbol->st_info), STT_FUNC);
    CHECK(symbol->st_size > 0);
    CHECK(strncmp(at_start.dli_sname, "rseq_", 5) == 0);
    for (uintptr_t byte = address; byte < address + symbol->st_size; byte++) {
        Dl_info info;
        CHECK(dladdr((void *)byte, &info) != 0);
        CHECK_EQ((uintptr_t)info.dli_saddr, address);
    }
    for (int i = 0; i < count; i++) CHECK(found[i] != address);
    CHECK(count < COUNT_MAX);
    found[count++] = address;
    printf("%s %ju\n", at_start.dli_sname, (uintmax_t)symbol->st_size);
}

int main(int argument_count, char **arguments) {
    CHECK_EQ(argument_count, 2);
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
#define EXPORTED(name) has_a_name_and_a_size_of_its_own((uintptr_t)dlsym(library, "rseq_sequence_" #name));
    SEQUENCES(EXPORTED)
    has_a_name_and_a_size_of_its_own((uintptr_t)dlsym(library, "rseq_sequence_enter"));
    return 0;
}
