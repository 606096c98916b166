/*
 * direct.h: the sequences of ops.h as code that HotSpot compiled calls them: direct_x86_64.S, direct_aarch64.S.
 *
 * Addresses, for the entry points of java.lang.$RseqCalls; never to be called from C. Each takes numbers of 64 bits where HotSpot's calling
 * convention for Java has them (assembler_x86.hpp, assembler_aarch64.hpp: j_rarg0 ..), leaves its answer where that wants it, and changes no
 * register but those that C functions may change. A frame, but no call back and no safepoint.
 *
 * To be called only once rseq_ops_open() has succeeded. The first five commit by cpu_id, and take rseq_ops_area and rseq_ops_cpus last, as they
 * are from then on; those with '_by' take the field's offset last. What each does: ops.h, and below.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_DIRECT_H
#define RSEQ_JVM_DIRECT_H

#include "ops.h"

void rseq_direct_add(void);
void rseq_direct_push(void);
void rseq_direct_pop(void);
void rseq_direct_reserve(void);
void rseq_direct_take(void);
void rseq_direct_add_by(void);
void rseq_direct_push_by(void);
void rseq_direct_pop_by(void);
void rseq_direct_reserve_by(void);
void rseq_direct_take_by(void);
void rseq_direct_compare_and_store(void);
void rseq_direct_push_batch(void);
void rseq_direct_pop_batch(void);

/*
 * Appends a record to the buffer at 'offset' of this CPU (by cpu_id): header, of kind 0, and bytes, in one commit. Takes offset, capacity, length
 * (0 <= length < capacity), source, from: the address of a Java object, or 0, and how far behind that the bytes begin. HotSpot passes the
 * object itself, since 22, and moves nothing until it is back.
 *
 * Returns COMMITTED; FULL; UNAVAILABLE, also where the record does not fit before the end of the data; or STOPPED. Nothing was done but for
 * COMMITTED, and the caller may go on with rseq_direct_reserve. A long record is a long section: it is aborted more often.
 */
void rseq_direct_append(void);

/* Of five arguments a to e: a + 2b + 4c + 8d + 16e. Touches no memory: what finds out whether arguments arrive where they should. */
void rseq_direct_probe(void);

#endif
