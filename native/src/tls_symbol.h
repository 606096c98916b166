/*
 * tls_symbol.h: what dlsym does not tell of other libraries' symbols: which loaded libraries define one, and how large a thread-local one is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_TLS_SYMBOL_H
#define RSEQ_JVM_TLS_SYMBOL_H

#include <limits.h>
#include <stddef.h>

/*
 * The bytes that may be used at 'address', which dlsym answered for 'name' on the calling thread: the size of the symbol, or, in a library
 * without DT_GNU_HASH, what is left of the library's TLS block. 'otherwise' where the address lies in no library's TLS block.
 */
size_t tls_symbol_size(const char *name, const void *address, size_t otherwise);

/* Libraries as the dynamic linker names them, in the order in which they were loaded. */
struct symbol_owners {
    int count;
    char paths[8][PATH_MAX];
};

/*
 * Finds the loaded libraries that define 'name', whether they were loaded into the global scope or locally. One without DT_GNU_HASH is
 * among them, too: dlsym tells what is in it. What is more than there is room for is left out.
 */
void find_symbol_owners(const char *name, struct symbol_owners *owners);

#endif
