/*
 * registration.c: one registration per thread, counted. What is counted here is numbers; register.c has the system calls.
 *
 *   count == 0          register, unless it stands already (EBUSY: the same address is registered, by a library that does not count)
 *   count == INT_MAX    refused, EOVERFLOW, nothing changes
 *   register fails      the count stays as it was
 *   release at 0        refused, EINVAL
 *   release of the last user: one unregister, if our system call registered, or a user who counted did and left it to us; what stood
 *   before anybody counted is not ours to undo
 *
 * All signals are blocked from the look for the thread's record to the last change of it, so that a handler that uses rseq can't come
 * between: neither between count and system call, nor between the last use and the end of the record.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "registration.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "../include/rseq_agent.h"
#include "blocked_signals.h"
#include "current_record.h"
#include "kernel.h"
#include "register.h"

#define EXPORTED __attribute__((visibility("default")))

static struct ownership in_force;
static _Atomic bool opened;

const struct ownership *registration_ownership(void) {
    return &in_force;
}

static void note(const struct thread_record *record, const struct thread_identity *identity, enum transition transition,
                 enum action action, uint32_t refcount, int error) {
    bool everyday = transition == TRANSITION_REGISTERED || transition == TRANSITION_RELEASED;
    if (everyday && !journal_is_verbose()) return;
    struct journal_event event = {
        .time_ns = kernel_monotonic_ns(),
        .java_id = record->java_id,
        .area = record->area,
        .transition = transition,
        .owner = record->owner,
        .action = action,
        .refcount = refcount,
        .tid = record->tid,
        .error = error,
    };
    if (identity != NULL && identity->name != NULL) {
        size_t length = strnlen(identity->name, sizeof event.name);
        memcpy(event.name, identity->name, length);
        event.name_length = (uint32_t)length;
    }
    journal_record(&event);
}

static struct rseq_area *area_of(const struct thread_record *record) {
    return record == NULL ? NULL : (struct rseq_area *)(uintptr_t)record->area;
}

/* One use more: the number, and the registration where it is the first and ours to make. */
static int add_use(struct thread_record *record, struct rseq_area *area) {
    uint32_t *refcount = refcount_of(&in_force, record);
    if (*refcount >= INT_MAX) return EOVERFLOW;
    int error = 0;
    if (is_unregistered(area)) error = in_force.registers ? register_area(&in_force, record, area) : ENODEV;
    else if (record->uses == 0) record->left_to_us = in_force.registers && *refcount > 0;
    if (error == 0) {
        *refcount += 1;
        record->refcount = *refcount;
        record->uses += 1;
    }
    return error;
}

/* One use less; of the last user, the registration too, where that is ours to undo. */
static enum action take_use(struct thread_record *record) {
    uint32_t *refcount = refcount_of(&in_force, record);
    record->uses -= 1;
    if (*refcount > 0) *refcount -= 1;
    record->refcount = *refcount;
    if (*refcount > 0 || !(record->ours || record->left_to_us)) return ACTION_KEPT;
    record->ours = false;
    record->left_to_us = false;
    return unregister_area(&in_force, record) ? ACTION_UNREGISTERED : ACTION_KEPT;
}

/* A thread in an owner's world has an owner of its own: it may be refused where others were served. It is counted once. */
static void refuse(struct thread_record *record, const struct thread_identity *identity, int error) {
    record->owner = error == ENOSYS || error == EPERM ? OWNER_NONE : OWNER_UNKNOWN;
    record->area = 0;
    record->length = 0;
    if (record->refused) return;
    record->refused = true;
    ledger_count(&ledger_totals.refused);
    /* A whole process without rseq is said once, in the start line, and not again for each thread. */
    if (in_force.owner != OWNER_NONE && in_force.owner != OWNER_UNKNOWN) note(record, identity, TRANSITION_REFUSED, ACTION_NONE, 0, error);
}

static void count_reregistration(struct thread_record *record) {
    record->reregistrations++;
    ledger_count(&ledger_totals.reregistered);
}

/* Counts one use of the calling thread's area in, and fills the record of it. */
static int count_in_and_fill(struct thread_record *record, const struct thread_identity *identity) {
    struct rseq_area *area = ownership_area(&in_force);
    if (area == NULL) {
        if (record->uses == 0) refuse(record, identity, in_force.error);
        return in_force.error;
    }
    bool first_use = record->uses == 0;
    bool lost = !first_use && is_unregistered(area);
    int error = add_use(record, area);
    uint32_t refcount = *refcount_of(&in_force, record);
    if (error == EOVERFLOW) {
        ledger_count(&ledger_totals.overflowed);
        note(record, identity, TRANSITION_OVERFLOWED, ACTION_NONE, refcount, error);
        return error;
    }
    if (error != 0) {
        if (first_use) refuse(record, identity, error);
        return error;
    }
    record->area = (uint64_t)(uintptr_t)area;
    record->length = in_force.length;
    record->refused = false;
    /* What stands, counted, is shared and not adopted: its last user unregisters it, and that may be us. */
    bool adopted = in_force.owner == OWNER_FOREIGN || (in_force.registers && !record->ours && !record->left_to_us);
    record->owner = adopted && in_force.owner == OWNER_AGENT ? OWNER_FOREIGN : in_force.owner;
    if (first_use) {
        record->counted = record->owner;
        ledger_count(&ledger_totals.registered[record->counted]);
        if (adopted) ledger_count(&ledger_totals.adopted);
    }
    if (lost) count_reregistration(record);
    enum transition transition = first_use && adopted ? TRANSITION_ADOPTED : lost ? TRANSITION_REREGISTERED : TRANSITION_REGISTERED;
    note(record, identity, transition, ACTION_NONE, refcount, 0);
    return 0;
}

/* By the JVM thread itself or by native code. The record is shown once it is whole, refused or not. */
static int count_in(struct thread_record *record, const struct thread_identity *identity) {
    ledger_change(record);
    int error = count_in_and_fill(record, identity);
    ledger_publish(record);
    return error;
}

static void give_unused(struct thread_record *record) {
    if (record->uses == 0 && !record->jvm_seen) current_record_give(record);
}

/* The record goes with the last use. */
static void count_out(struct thread_record *record, const struct thread_identity *identity) {
    ledger_change(record);
    enum action action = take_use(record);
    ledger_publish(record);
    uint32_t refcount = *refcount_of(&in_force, record);
    if (record->uses == 0) ledger_count(&ledger_totals.released[record->counted]);
    note(record, identity, TRANSITION_RELEASED, action, refcount, 0);
    give_unused(record);
}

/*
 * A thread that ends without a ThreadEnd: native, counted in through the C API or by a read, and never counted out. Destructors of other keys
 * may come later, and use what was counted in for them, count out, or leave the JVM: they are waited for. Not to the last round: a record
 * that one of them made in the first is found from the second on only.
 */
static void thread_gone(struct thread_record *record) {
    enum { ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS - 1 };
    sigset_t signals;
    block_signals(&signals);
    if (++record->rounds >= ROUNDS || !current_record_keep(record)) {
        record->jvm_seen = false;
        uint32_t uses = record->uses;
        if (uses == 0) give_unused(record);
        for (; uses > 0; uses--) count_out(record, NULL);
    }
    restore_signals(&signals);
}

bool registration_open(const struct ownership *decision) {
    in_force = *decision;
    if (in_force.error == 0) in_force.error = ENOSYS;
    if (!ledger_open() || !journal_open() || !current_record_open(thread_gone)) return false;
    atomic_store(&opened, true);
    return true;
}

/* The calling thread's record, a new one where it has none. NULL: the ledger is full. */
static struct thread_record *record_of(const struct thread_identity *identity) {
    struct thread_record *record = current_record();
    return record != NULL ? record : current_record_make(identity == NULL ? 0 : identity->java_id, in_force.owner);
}

static int count_jvm_thread_in(const struct thread_identity *identity) {
    struct thread_record *record = record_of(identity);
    if (record == NULL) return ENOMEM;
    if (record->jvm_seen) return record->area == 0 ? ENOSYS : 0;
    if (record->java_id == 0 && identity != NULL) record->java_id = identity->java_id;
    record->jvm_seen = true;
    int error = count_in(record, identity);
    record->jvm_counted = error == 0;
    return error;
}

static void count_jvm_thread_out(const struct thread_identity *identity) {
    struct thread_record *record = current_record();
    if (record == NULL || !record->jvm_seen) return;
    bool counted = record->jvm_counted;
    record->jvm_seen = false;
    record->jvm_counted = false;
    if (counted) count_out(record, identity);
    else give_unused(record);
}

static int count_native_use_in(void) {
    struct thread_record *record = record_of(NULL);
    return record == NULL ? ENOMEM : count_in(record, NULL);
}

/* Never the use that is the JVM thread itself. */
static int count_native_use_out(void) {
    struct thread_record *record = current_record();
    if (record == NULL || record->uses == (record->jvm_counted ? 1 : 0)) return EINVAL;
    count_out(record, NULL);
    return 0;
}

int registration_thread_started(const struct thread_identity *identity) {
    sigset_t signals;
    block_signals(&signals);
    int error = count_jvm_thread_in(identity);
    restore_signals(&signals);
    return error;
}

void registration_thread_ended(const struct thread_identity *identity) {
    sigset_t signals;
    block_signals(&signals);
    count_jvm_thread_out(identity);
    restore_signals(&signals);
}

bool registration_is_current(void) {
    const struct thread_record *record = current_record();
    return record != NULL && record->jvm_seen && record->area != 0;
}

/* Somebody unregistered the area under its counted users: register it again where that is ours to do, and leave a foreign one alone. */
static struct rseq_area *revive(struct thread_record *record, const struct thread_identity *identity, struct rseq_area *area) {
    int error = in_force.registers ? register_area(&in_force, record, area) : ENODEV;
    if (error != 0) {
        refuse(record, identity, error);
        return NULL;
    }
    count_reregistration(record);
    note(record, identity, TRANSITION_REREGISTERED, ACTION_NONE, *refcount_of(&in_force, record), 0);
    return area;
}

struct rseq_area *registration_ensure(const struct thread_identity *identity) {
    struct thread_record *record = current_record();
    /* A refused thread comes here at each read. */
    if (record != NULL && record->jvm_seen && !is_unregistered(area_of(record))) return area_of(record);
    sigset_t signals;
    block_signals(&signals);
    count_jvm_thread_in(identity);
    record = current_record();
    struct rseq_area *area = area_of(record);
    if (is_unregistered(area)) {
        ledger_change(record);
        area = revive(record, identity, area);
        ledger_publish(record);
    }
    restore_signals(&signals);
    return area;
}

EXPORTED int rseq_agent_register_current_thread(void) {
    if (!atomic_load(&opened)) return ENOSYS;
    sigset_t signals;
    block_signals(&signals);
    int error = count_native_use_in();
    restore_signals(&signals);
    return error;
}

EXPORTED int rseq_agent_unregister_current_thread(void) {
    if (!atomic_load(&opened)) return EINVAL;
    sigset_t signals;
    block_signals(&signals);
    int error = count_native_use_out();
    restore_signals(&signals);
    return error;
}
