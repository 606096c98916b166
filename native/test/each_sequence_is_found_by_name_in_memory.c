/*
 * each_sequence_is_found_by_name_in_memory LIBRARY: asks the agent's library where its sequences are, and the dynamic linker, which looks where
 * a profiler looks whose library file is deleted, what is there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>

#include "check.h"

enum { SEQUENCES = 64 };

/* $RseqCalls.address0, without a JVM: it does not use its first two arguments. */
typedef int64_t address_function(void *env, void *hook, int32_t number, uint8_t direct);

static uintptr_t found[SEQUENCES];
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
    CHECK(count < SEQUENCES);
    found[count++] = address;
    printf("%s %ju\n", at_start.dli_sname, (uintmax_t)symbol->st_size);
}

int main(int argument_count, char **arguments) {
    CHECK_EQ(argument_count, 2);
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
    address_function *address = (address_function *)dlsym(library, "Java_java_lang__00024RseqCalls_address0");
    CHECK(address != NULL);
    int numbers = 0;
    for (int32_t number = 0; address(NULL, NULL, number, true) != 0; number++, numbers++) {
        has_a_name_and_a_size_of_its_own((uintptr_t)address(NULL, NULL, number, true));
        int64_t function = address(NULL, NULL, number, false);
        if (function != 0) has_a_name_and_a_size_of_its_own((uintptr_t)function);
    }
    CHECK(numbers >= 15);
    return 0;
}
