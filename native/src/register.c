/* SPDX-License-Identifier: Apache-2.0 */
#include "register.h"

#include <errno.h>

#include "kernel.h"

bool is_unregistered(const struct rseq_area *area) {
    return area != NULL && *(const volatile int32_t *)&area->cpu_id < 0;
}

uint32_t *refcount_of(const struct ownership *owned, struct thread_record *record) {
    if (owned->constant_refcount) return (uint32_t *)(void *)(thread_pointer() + owned->refcount_offset);
    uint32_t *shared = owned->refcount_of_thread == NULL ? NULL : owned->refcount_of_thread();
    return shared == NULL ? &record->refcount : shared;
}

/* librseq aborts the process where its system call fails: it is asked only about a thread that is free. */
static int register_through_librseq(const struct ownership *owned, struct thread_record *record) {
    bool free = kernel_is_registered() == REGISTRATION_FREE;
    record->ours = free && owned->register_thread() == 0;
    return record->ours ? 0 : EBUSY;
}

/*
 * The kernel's EBUSY is success: it stands, made by somebody who does not count. Its EINVAL means that another area is registered, as this one
 * is aligned and of the right length: our EBUSY.
 */
int register_area(const struct ownership *owned, struct thread_record *record, struct rseq_area *area) {
    record->left_to_us = false;
    if (owned->register_thread != NULL) return register_through_librseq(owned, record);
    area->rseq_cs = 0; /* the kernel would act on a stale descriptor */
    int error = kernel_rseq(area, owned->length, 0, RSEQ_SIGNATURE);
    if (error == 0 && is_unregistered(area)) error = ENOSYS; /* a sandbox, or an emulator, that answers 0 and does nothing */
    record->ours = error == 0;
    if (error == 0) ledger_count(&ledger_totals.kernel_registrations);
    if (error != 0 && error != EBUSY) return error == EINVAL ? EBUSY : error;
    /* A library that released once too often took our uses out of the count. Left out, the next one would register what stands already. */
    uint32_t *refcount = refcount_of(owned, record);
    if (*refcount < record->uses) *refcount = record->uses;
    record->refcount = *refcount;
    return 0;
}

bool unregister_area(const struct ownership *owned, const struct thread_record *record) {
    if (owned->unregister_thread != NULL) return owned->unregister_thread() == 0;
    struct rseq_area *area = (struct rseq_area *)(uintptr_t)record->area;
    if (kernel_rseq(area, owned->length, RSEQ_UNREGISTER, RSEQ_SIGNATURE) != 0) return false;
    ledger_count(&ledger_totals.kernel_unregistrations);
    return true;
}
