/*
 * tls_symbol.h: how large a thread-local symbol of another library is; dlsym tells its address alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_TLS_SYMBOL_H
#define RSEQ_JVM_TLS_SYMBOL_H

#include <stddef.h>

/*
 * The bytes that may be used at 'address', which dlsym answered for 'name' on the calling thread: the size of the symbol, or, in a library
 * without DT_GNU_HASH, what is left of the library's TLS block. 'otherwise' where the address lies in no library's TLS block.
 */
size_t tls_symbol_size(const char *name, const void *address, size_t otherwise);

#endif
