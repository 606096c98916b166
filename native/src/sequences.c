/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sequences.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"
#include "ownership.h"
#include "percpu_memory.h"
#include "trial.h"

/* include/uapi/linux/membarrier.h, Linux 5.10; the build machine's may be older. */
enum { MEMBARRIER_RSEQ = 1 << 7, MEMBARRIER_REGISTER_RSEQ = 1 << 8 };

/* Whether the kernel had the fence when sequences were opened; whether it refused one after that. */
static bool fenced, refused;

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

static bool membarrier(int command) {
    int saved = errno;
    bool done = syscall(SYS_membarrier, command, 0, 0) == 0;
    errno = saved;
    return done;
}

static bool open_locked(const struct ownership *owned, int cpus, int shift, char *reason, size_t size) {
    if (rseq_sequences_cpus != 0) return true;
    if (!owned->constant_offset || owned->usable < RSEQ_USABLE_ORIGINAL) {
        bool areas = owned->area_of_thread != NULL;
        snprintf(reason, size, "owner=%s has no %s%s%s", owner_name(owned->owner),
                 areas ? "area at a constant distance from the thread pointer" : "area", owned->reason[0] == '\0' ? "" : ": ", owned->reason);
        return false;
    }
    const struct rseq_area *area = ownership_area(owned);
    int cpu_id = *(const volatile int32_t *)&area->cpu_id;
    if (cpu_id >= 0 && !kernel_writes_cpu_id(area)) {
        snprintf(reason, size, "cpu_id is %d and not the CPU that getcpu(2) names", cpu_id);
        return false;
    }
    enum verdict aborts = kernel_may_not_abort() ? trial_of_aborts(owned) : VERDICT_RIGHT;
    if (aborts != VERDICT_RIGHT) {
        bool wrong = aborts == VERDICT_WRONG;
        snprintf(reason, size, "%s a sequence that is preempted on its CPU (arm64 kernels from 6.19 on may not); %s",
                 wrong ? "this kernel does not abort" : "nothing showed that this kernel aborts",
                 wrong ? "take a newer kernel" : "start it again, or let threads choose their CPU");
        return false;
    }
    if (!percpu_memory_reserve(cpus, shift, reason, size)) return false;
    /* Where the kernel has no such fence, rseq_sequences_fence() says so each time; the sequences do without. */
    fenced = membarrier(MEMBARRIER_REGISTER_RSEQ);
    rseq_sequences_area = owned->offset;
    rseq_sequences_base = (int64_t)(uintptr_t)percpu_memory_base();
    __atomic_store_n(&rseq_sequences_cpus, (uint32_t)cpus, __ATOMIC_RELEASE);
    return true;
}

bool rseq_sequences_open(const struct ownership *owned, int cpus, int shift, char *reason, size_t size) {
    pthread_mutex_lock(&opening);
    bool opened = open_locked(owned, cpus, shift, reason, size);
    pthread_mutex_unlock(&opening);
    return opened;
}

void rseq_sequences_unavailable(char *reason, size_t size) {
    const volatile struct rseq_area *area = (const struct rseq_area *)(thread_pointer() + rseq_sequences_area);
    int cpu_id = area->cpu_id;
    if (cpu_id < 0) snprintf(reason, size, "it has no registered area");
    else if ((uint32_t)cpu_id >= rseq_sequences_cpus) snprintf(reason, size, "it runs on CPU %d, and Cpus.count() is %u", cpu_id, rseq_sequences_cpus);
    else snprintf(reason, size, "the cause is gone: it has an area and a valid CPU now");
}

bool rseq_sequences_fence(void) {
    return membarrier(MEMBARRIER_RSEQ);
}

bool rseq_sequences_fence_again(void) {
    if (rseq_sequences_fence()) return true;
    if (!fenced) return false;
    __atomic_store_n(&refused, true, __ATOMIC_RELAXED);
    return kernel_visit_cpus();
}

bool rseq_sequences_fence_is_refused(void) {
    return __atomic_load_n(&refused, __ATOMIC_RELAXED);
}

sequence *rseq_sequences_find(const char *name) {
    static const struct {
        const char *name;
        sequence *address;
    } all[] = {
#define ENTRY(name) {#name, rseq_sequence_##name},
        SEQUENCES(ENTRY){"enter", (sequence *)rseq_sequence_enter},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, name) == 0) return all[i].address;
    }
    return NULL;
}
