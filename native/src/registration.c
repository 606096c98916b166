/*
 * registration.c: one registration per thread, counted.
 *
 *   count == 0          register, unless it stands already (EBUSY: the same address is registered, by a library that does not count)
 *   count == INT_MAX    refused, EOVERFLOW, nothing changes
 *   register fails      the count stays as it was
 *   release at 0        refused, EINVAL
 *   release of the last user: one unregister, if our system call registered, or a user who counted did and left it to us; what stood
 *   before anybody counted is not ours to undo
 *
 * All signals are blocked from the look for the thread's record to the last change of it, so that a handler that uses rseq can't come
 * between: neither between count and system call, nor between the last use and the end of the record. A JVM thread's start and end where
 * glibc registers are sections instead (section.h): a handler that comes between leaves its use there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "registration.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "../include/rseq_agent.h"
#include "glibc_compat.h"
#include "kernel.h"
#include "section.h"

#define EXPORTED __attribute__((visibility("default")))

static struct ownership in_force;
static pthread_key_t record_key;
static char turned_away; /* stands for the record of a thread that got none */
static bool in_sections; /* JVM threads start and end in sections, and not with signals blocked */
static _Atomic bool opened;

const struct ownership *registration_ownership(void) {
    return &in_force;
}

static void block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

static void restore_signals(const sigset_t *before) {
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static struct thread_record *current_record(void) {
    void *value = pthread_getspecific(record_key);
    return value == &turned_away ? NULL : value;
}

/* A thread for which there is no record asks again at each read, and is counted once. Returns NULL. */
static struct thread_record *turn_away(void) {
    if (pthread_getspecific(record_key) == &turned_away) return NULL;
    ledger_count(&ledger_totals.refused);
    pthread_setspecific(record_key, &turned_away);
    return NULL;
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

static bool is_unregistered(const struct rseq_area *area) {
    return area != NULL && *(const volatile int32_t *)&area->cpu_id < 0;
}

/* Ours for bookkeeping, or the one that the area's users share. */
static uint32_t *refcount_of(struct thread_record *record) {
    if (in_force.constant_refcount) return (uint32_t *)(void *)(thread_pointer() + in_force.refcount_offset);
    uint32_t *shared = in_force.refcount_of_thread == NULL ? NULL : in_force.refcount_of_thread();
    return shared == NULL ? &record->refcount : shared;
}

/* librseq aborts the process where its system call fails: it is asked only about a thread that is free. */
static int register_through_librseq(struct thread_record *record) {
    bool free = kernel_is_registered() == REGISTRATION_FREE;
    record->ours = free && in_force.register_thread() == 0;
    return record->ours ? 0 : EBUSY;
}

/*
 * Registers the area of a thread whose registration is ours to make. The kernel's EBUSY is success: it stands, made by somebody who does
 * not count. Its EINVAL means that another area is registered, as this one is aligned and of the right length: our EBUSY.
 */
static int register_area(struct thread_record *record, struct rseq_area *area) {
    record->left_to_us = false;
    if (in_force.register_thread != NULL) return register_through_librseq(record);
    area->rseq_cs = 0; /* the kernel would act on a stale descriptor */
    int error = kernel_rseq(area, in_force.length, 0, RSEQ_SIGNATURE);
    if (error == 0 && is_unregistered(area)) error = ENOSYS; /* a sandbox, or an emulator, that answers 0 and does nothing */
    record->ours = error == 0;
    if (error == 0) ledger_count(&ledger_totals.kernel_registrations);
    if (error != 0 && error != EBUSY) return error == EINVAL ? EBUSY : error;
    /* A library that released once too often took our uses out of the count. Left out, the next one would register what stands already. */
    uint32_t *refcount = refcount_of(record);
    if (*refcount < record->uses) *refcount = record->uses;
    record->refcount = *refcount;
    return 0;
}

/* True when the area of the last user was unregistered. */
static bool unregister_area(const struct thread_record *record) {
    if (in_force.unregister_thread != NULL) return in_force.unregister_thread() == 0;
    if (kernel_rseq(area_of(record), in_force.length, RSEQ_UNREGISTER, RSEQ_SIGNATURE) != 0) return false;
    ledger_count(&ledger_totals.kernel_unregistrations);
    return true;
}

/* Count + system call of one use. */
static int count_in(struct thread_record *record, struct rseq_area *area) {
    uint32_t *refcount = refcount_of(record);
    if (*refcount >= INT_MAX) return EOVERFLOW;
    int error = 0;
    if (is_unregistered(area)) error = in_force.registers ? register_area(record, area) : ENODEV;
    else if (record->uses == 0) record->left_to_us = in_force.registers && *refcount > 0;
    if (error == 0) {
        *refcount += 1;
        record->refcount = *refcount;
        record->uses += 1;
    }
    return error;
}

static enum action count_out(struct thread_record *record) {
    uint32_t *refcount = refcount_of(record);
    record->uses -= 1;
    if (*refcount > 0) *refcount -= 1;
    record->refcount = *refcount;
    if (*refcount > 0 || !(record->ours || record->left_to_us)) return ACTION_KEPT;
    record->ours = false;
    record->left_to_us = false;
    if (!unregister_area(record)) return ACTION_KEPT;
    return ACTION_UNREGISTERED;
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

/* The record of a thread that is new here. NULL: the ledger is full. */
static struct thread_record *new_record(const struct thread_identity *identity) {
    struct thread_record *record = ledger_take();
    if (record == NULL) return turn_away();
    record->java_id = identity == NULL ? 0 : identity->java_id;
    record->since_ns = kernel_monotonic_ns();
    record->owner = in_force.owner;
    record->counted = OWNER_KINDS;
    record->tid = kernel_thread_id();
    if (pthread_setspecific(record_key, record) != 0) {
        ledger_give(record);
        return turn_away();
    }
    return record;
}

static void count_reregistration(struct thread_record *record) {
    record->reregistrations++;
    ledger_count(&ledger_totals.reregistered);
}

/* Counts one more use of the calling thread's area in, and fills the record of it. */
static int fill_once_more(struct thread_record *record, const struct thread_identity *identity) {
    struct rseq_area *area = ownership_area(&in_force);
    if (area == NULL) {
        if (record->uses == 0) refuse(record, identity, in_force.error);
        return in_force.error;
    }
    bool first_use = record->uses == 0;
    bool lost = !first_use && is_unregistered(area);
    int error = count_in(record, area);
    uint32_t refcount = *refcount_of(record);
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

/* One more use, by the JVM thread itself or by native code. The record is shown once it is whole, refused or not. */
static int use_once_more(struct thread_record *record, const struct thread_identity *identity) {
    ledger_change(record);
    int error = fill_once_more(record, identity);
    ledger_publish(record);
    return error;
}

static void give_unused(struct thread_record *record) {
    if (record->uses > 0 || record->jvm_seen) return;
    pthread_setspecific(record_key, NULL);
    ledger_give(record);
}

/* The end of one use; the record goes with the last. */
static void use_once_less(struct thread_record *record, const struct thread_identity *identity) {
    ledger_change(record);
    enum action action = count_out(record);
    ledger_publish(record);
    uint32_t refcount = *refcount_of(record);
    if (record->uses == 0) ledger_count(&ledger_totals.released[record->counted]);
    note(record, identity, TRANSITION_RELEASED, action, refcount, 0);
    give_unused(record);
}

/*
 * A thread that ends without a ThreadEnd: native, counted in through the C API or by a read, and never counted out. Destructors of other keys
 * may come later, and use what was counted in for them, count out, or leave the JVM: they are waited for. Not to the last round: a record
 * that one of them made in the first is found from the second on only.
 */
static void thread_gone(void *value) {
    enum { ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS - 1 };
    if (value == &turned_away) return;
    struct thread_record *record = value;
    sigset_t signals;
    block_signals(&signals);
    if (++record->rounds >= ROUNDS || pthread_setspecific(record_key, record) != 0) {
        record->jvm_seen = false;
        uint32_t uses = record->uses;
        if (uses == 0) give_unused(record);
        for (; uses > 0; uses--) use_once_less(record, NULL);
    }
    restore_signals(&signals);
}

bool registration_open(const struct ownership *decision) {
    in_force = *decision;
    if (in_force.error == 0) in_force.error = ENOSYS;
    if (!ledger_open() || !journal_open() || pthread_key_create(&record_key, thread_gone) != 0) return false;
    in_sections = in_force.owner == OWNER_GLIBC && record_key < SECTION_KEYS && section_open();
    atomic_store(&opened, true);
    return true;
}

static int count_jvm_thread_in(const struct thread_identity *identity) {
    struct thread_record *record = current_record();
    if (record == NULL) record = new_record(identity);
    if (record == NULL) return ENOMEM;
    if (record->jvm_seen) return record->area == 0 ? ENOSYS : 0;
    if (record->java_id == 0 && identity != NULL) record->java_id = identity->java_id;
    record->jvm_seen = true;
    int error = use_once_more(record, identity);
    record->jvm_counted = error == 0;
    return error;
}

static void count_jvm_thread_out(const struct thread_identity *identity) {
    struct thread_record *record = current_record();
    if (record == NULL || !record->jvm_seen) return;
    bool counted = record->jvm_counted;
    record->jvm_seen = false;
    record->jvm_counted = false;
    if (counted) use_once_less(record, identity);
    else give_unused(record);
}

/* How often native code counted the calling thread in. Not while a section of it changes the record. */
static uint32_t native_uses(void) {
    const struct thread_record *record = current_record();
    return record == NULL ? 0 : record->uses - (record->jvm_counted ? 1 : 0);
}

static int count_native_use_in(void) {
    struct thread_record *record = current_record();
    if (record == NULL) record = new_record(NULL);
    return record == NULL ? ENOMEM : use_once_more(record, NULL);
}

static int count_native_use_out(void) {
    if (native_uses() == 0) return EINVAL;
    use_once_less(current_record(), NULL);
    return 0;
}

struct interruption {
    struct section section;
    sigset_t signals;
};

static void hold_off_handlers(struct interruption *held) {
    if (in_sections) {
        section_begin(&held->section);
        section_know(&held->section, native_uses());
    } else {
        block_signals(&held->signals);
    }
}

/* What handlers left is counted now. They were told 0: a use that there is no room for stands in the totals, refused or overflowed. */
static void let_handlers_come(struct interruption *held) {
    if (in_sections) {
        if (section_end(&held->section)) return;
        block_signals(&held->signals);
        int64_t left = section_end_interrupted(&held->section);
        for (; left > 0; left--) count_native_use_in();
        for (; left < 0; left++) count_native_use_out();
    }
    restore_signals(&held->signals);
}

int registration_thread_started(const struct thread_identity *identity) {
    struct interruption held;
    hold_off_handlers(&held);
    int error = count_jvm_thread_in(identity);
    let_handlers_come(&held);
    return error;
}

void registration_thread_ended(const struct thread_identity *identity) {
    struct interruption held;
    hold_off_handlers(&held);
    count_jvm_thread_out(identity);
    let_handlers_come(&held);
}

bool registration_is_current(void) {
    const struct thread_record *record = current_record();
    return record != NULL && record->jvm_seen && record->area != 0;
}

/* Somebody unregistered the area under its counted users: register it again where that is ours to do, and leave a foreign one alone. */
static struct rseq_area *revive(struct thread_record *record, const struct thread_identity *identity, struct rseq_area *area) {
    int error = in_force.registers ? register_area(record, area) : ENODEV;
    if (error != 0) {
        refuse(record, identity, error);
        return NULL;
    }
    count_reregistration(record);
    note(record, identity, TRANSITION_REREGISTERED, ACTION_NONE, *refcount_of(record), 0);
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
    struct section *interrupted = in_sections ? section_interrupted() : NULL;
    if (interrupted != NULL) {
        if (is_unregistered(ownership_area(&in_force))) return ENODEV;
        section_leave_use(interrupted);
        return 0;
    }
    sigset_t signals;
    block_signals(&signals);
    int error = count_native_use_in();
    restore_signals(&signals);
    return error;
}

EXPORTED int rseq_agent_unregister_current_thread(void) {
    if (!atomic_load(&opened)) return EINVAL;
    struct section *interrupted = in_sections ? section_interrupted() : NULL;
    if (interrupted != NULL) return section_take_use_back(interrupted, native_uses()) ? 0 : EINVAL;
    sigset_t signals;
    block_signals(&signals);
    int error = count_native_use_out();
    restore_signals(&signals);
    return error;
}
