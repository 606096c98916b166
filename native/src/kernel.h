/*
 * kernel.h: the system call, the two questions that change nothing, and the facts of the machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_KERNEL_H
#define RSEQ_JVM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

/* rseq(2), straight. Returns 0 or a positive errno value; leaves errno alone. */
int kernel_rseq(volatile void *area, uint32_t length, int flags, uint32_t signature);

enum registration_state {
    REGISTRATION_FREE,      /* the thread has no registration */
    REGISTRATION_ELSEWHERE, /* somewhere */
    REGISTRATION_NO_KERNEL, /* ENOSYS */
    REGISTRATION_FORBIDDEN, /* EPERM from a seccomp filter */
    REGISTRATION_PRETENDED, /* 0 to what no kernel can do: a sandbox or an emulator answers, and does nothing */
};

/* Asks the kernel whether the calling thread is registered anywhere. Changes nothing. */
enum registration_state kernel_is_registered(void);

/* Asks whether the calling thread is registered at exactly this address and length. Changes nothing. */
bool kernel_is_registered_at(volatile void *area, uint32_t length);

/* True when 'length' bytes from 'address' can be read; never faults. */
bool kernel_can_read(const void *address, size_t length);

/* AT_RSEQ_FEATURE_SIZE, or 20 on kernels before 6.3, which have the original fields only. */
uint32_t kernel_feature_size(void);

/* Whether this may be a kernel that does not abort a sequence that is preempted on its CPU: arm64, Linux 6.19 and later. Distributions
 * backport the fix. */
bool kernel_may_not_abort(void);

/* Whether the calling thread's area, at 'area', holds the CPU that getcpu(2) names. */
bool kernel_writes_cpu_id(const struct rseq_area *area);

/*
 * 1 + the highest possible CPU id (/sys/devices/system/cpu/possible). Where /sys can't be read, 'otherwise', or 1 + the highest CPU that the
 * calling thread may run on, whichever is more. Always >= 1.
 */
int kernel_possible_cpus(int otherwise);

/* Whether /sys can be read. */
bool kernel_tells_possible_cpus(void);

/* The same of NUMA nodes (/sys/devices/system/node/possible); 1 where there are none. */
int kernel_possible_nodes(void);

/* How many CPUs the calling thread may run on; 0 when the kernel does not say. */
int kernel_allowed_cpus(void);

/* Keeps the calling thread on the CPU of that number among those that it may run on, counted round from 0. False: it runs where it may. */
bool kernel_stay_on_cpu(int number);

/*
 * Runs the calling thread on each CPU of its cpuset, one after the other: no thread of the process runs elsewhere, but under a threaded cgroup. When this returns
 * true, each thread that ran when it was called was switched out since, or has moved. False: the kernel refuses one of the CPUs, or to name them. Afterwards the
 * thread may run where it might before. It does not return while a thread of real-time priority keeps one of the CPUs for itself.
 */
bool kernel_visit_cpus(void);

/* The CPU and the NUMA node of the calling thread, by vDSO or system call; -1 when neither answers. */
int kernel_current_cpu(void);
int kernel_current_node(void);

/* gettid(2). */
int32_t kernel_thread_id(void);

/* CLOCK_MONOTONIC, nanoseconds. */
uint64_t kernel_monotonic_ns(void);

#endif
