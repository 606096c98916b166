/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* A CPU list of a machine with 8192 CPUs fits many times. */
enum { SYSFS_LIST_BYTES = 4096, AFFINITY_CPUS = 1 << 16, AFFINITY_BYTES = AFFINITY_CPUS / 8 };

int kernel_rseq(volatile void *area, uint32_t length, int flags, uint32_t signature) {
    int saved = errno;
    long result = syscall(RSEQ_SYSCALL, area, length, flags, signature);
    int error = result == 0 ? 0 : errno;
    errno = saved;
    return error;
}

enum registration_state kernel_is_registered(void) {
    /* kernel/rseq.c compares with an existing registration first, and checks the address of a new one last. */
    void *impossible = (void *)-4096L;
    switch (kernel_rseq(impossible, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE)) {
        case 0: return REGISTRATION_PRETENDED;
        case EFAULT: return REGISTRATION_FREE;
        case EPERM: return REGISTRATION_FORBIDDEN;
        case ENOSYS: return REGISTRATION_NO_KERNEL;
        default: return REGISTRATION_ELSEWHERE;
    }
}

bool kernel_is_registered_at(volatile void *area, uint32_t length) {
    /* Address and length are compared before the signature, so the wrong signature tells that they are right. */
    return kernel_rseq(area, length, RSEQ_UNREGISTER, RSEQ_SIGNATURE + 1) == EPERM;
}

bool kernel_can_read(const void *address, size_t length) {
    /* rt_sigprocmask copies the set in before it looks at 'how': EFAULT unreadable, EINVAL readable. Nothing is changed. */
    const size_t word = 8;
    const int invalid_how = ~0;
    uintptr_t first = (uintptr_t)address & ~(uintptr_t)(word - 1);
    uintptr_t end = (uintptr_t)address + length;
    if (first == 0 || end < (uintptr_t)address) return false; /* the call takes a null set for none, and answers well */
    int saved = errno;
    bool readable = true;
    for (uintptr_t at = first; at < end && readable; at += word) {
        if (syscall(SYS_rt_sigprocmask, invalid_how, at, NULL, word) == -1 && errno == EFAULT) readable = false;
    }
    errno = saved;
    return readable;
}

uint32_t kernel_feature_size(void) {
    unsigned long size = getauxval(RSEQ_AT_FEATURE_SIZE);
    return size == 0 || size > 4096 ? RSEQ_USABLE_ORIGINAL : (uint32_t)size;
}

/* The number that 'text' begins with; 'text' moves behind it and the dot that follows. */
static int version_part(const char **text) {
    int number = 0;
    for (; **text >= '0' && **text <= '9' && number < 10000; ++*text) number = 10 * number + (**text - '0');
    if (**text == '.') ++*text;
    return number;
}

bool kernel_may_not_abort(void) {
    struct utsname name;
    if (uname(&name) != 0) return true;
    if (strcmp(name.machine, "aarch64") != 0 && strncmp(name.machine, "armv8", 5) != 0) return false;
    const char *release = name.release;
    int major = version_part(&release);
    int minor = version_part(&release);
    bool pretended = major < 4; /* setarch --uname-2.6: rseq(2) is younger */
    return pretended || major > 6 || (major == 6 && minor >= 19);
}

bool kernel_writes_cpu_id(const struct rseq_area *area) {
    /* The thread may move between the three reads; then they say nothing. */
    enum { TRIES = 64 };
    const volatile int32_t *cpu_id = &area->cpu_id;
    int saved = errno;
    bool agreed = false;
    for (int i = 0; i < TRIES && !agreed; i++) {
        int32_t before = *cpu_id;
        unsigned cpu;
        /* Where a filter forbids the question, nothing contradicts. Not sched_getcpu: in glibc 2.35 and later it reads cpu_id itself. */
        if (syscall(SYS_getcpu, &cpu, NULL, NULL) != 0) agreed = before >= 0;
        else agreed = before == (int32_t)cpu && *cpu_id == before;
    }
    errno = saved;
    return agreed;
}

#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"

/* Reads a list such as "0-3,8-11" and returns 1 + its highest number, or 'otherwise'. */
static int list_size(const char *path, int otherwise) {
    char text[SYSFS_LIST_BYTES];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return otherwise;
    ssize_t got = read(file, text, sizeof text - 1);
    close(file);
    if (got <= 0) return otherwise;
    text[got] = '\0';
    long highest = -1;
    for (char *at = text; *at != '\0';) {
        if (*at >= '0' && *at <= '9') {
            /* By hand: built with glibc 2.38 or later, strtol and sscanf would ask for symbols that no older one has. */
            long number = 0;
            for (; *at >= '0' && *at <= '9'; at++) number = number < AFFINITY_CPUS ? 10 * number + (*at - '0') : number;
            if (number > highest) highest = number;
        } else {
            at++;
        }
    }
    return highest < 0 || highest >= AFFINITY_CPUS ? otherwise : (int)highest + 1;
}

bool kernel_tells_possible_cpus(void) {
    return list_size(POSSIBLE_CPUS, 0) > 0;
}

int kernel_possible_nodes(void) {
    return list_size("/sys/devices/system/node/possible", 1);
}

/* The CPUs that the calling thread may run on, to be freed with CPU_FREE; NULL where the kernel does not say. */
static cpu_set_t *allowed_set(void) {
    cpu_set_t *set = CPU_ALLOC(AFFINITY_CPUS);
    if (set == NULL) return NULL;
    CPU_ZERO_S(AFFINITY_BYTES, set);
    if (sched_getaffinity(0, AFFINITY_BYTES, set) == 0) return set;
    CPU_FREE(set);
    return NULL;
}

int kernel_possible_cpus(int otherwise) {
    int possible = list_size(POSSIBLE_CPUS, 0);
    if (possible > 0) return possible;
    cpu_set_t *set = allowed_set();
    for (size_t cpu = AFFINITY_CPUS; set != NULL && possible == 0 && cpu > 0; cpu--) {
        if (CPU_ISSET_S(cpu - 1, AFFINITY_BYTES, set)) possible = (int)cpu;
    }
    CPU_FREE(set);
    if (possible < otherwise) possible = otherwise;
    return possible < 1 ? 1 : possible;
}

int kernel_allowed_cpus(void) {
    cpu_set_t *set = allowed_set();
    if (set == NULL) return 0;
    int count = CPU_COUNT_S(AFFINITY_BYTES, set);
    CPU_FREE(set);
    return count;
}

bool kernel_stay_on_cpu(int number) {
    cpu_set_t *set = allowed_set();
    if (set == NULL) return false;
    int count = CPU_COUNT_S(AFFINITY_BYTES, set);
    int left = count == 0 ? 0 : number % count;
    size_t cpu = 0;
    while (cpu < AFFINITY_CPUS && !(CPU_ISSET_S(cpu, AFFINITY_BYTES, set) && left-- == 0)) cpu++;
    CPU_ZERO_S(AFFINITY_BYTES, set);
    CPU_SET_S(cpu, AFFINITY_BYTES, set);
    bool stays = cpu < AFFINITY_CPUS && sched_setaffinity(0, AFFINITY_BYTES, set) == 0;
    CPU_FREE(set);
    return stays;
}

/* Adds nothing that the calling thread's cpuset lacks: the kernel takes that away. */
static bool allow_all(cpu_set_t *scratch) {
    memset(scratch, 0xff, AFFINITY_BYTES);
    return sched_setaffinity(0, AFFINITY_BYTES, scratch) == 0;
}

/* By what it has: all of its cpuset, which goes on to be what that is given later, or less. */
static void leave_on(const cpu_set_t *before, const cpu_set_t *cpuset, cpu_set_t *scratch) {
    if (!CPU_EQUAL_S(AFFINITY_BYTES, before, cpuset) || !allow_all(scratch)) sched_setaffinity(0, AFFINITY_BYTES, before);
}

bool kernel_visit_cpus(void) {
    int saved = errno;
    cpu_set_t *before = allowed_set();
    cpu_set_t *one = CPU_ALLOC(AFFINITY_CPUS);
    cpu_set_t *all = before != NULL && one != NULL && allow_all(one) ? allowed_set() : NULL;
    bool visits = all != NULL;
    if (visits) {
        for (size_t cpu = 0; visits && cpu < AFFINITY_CPUS; cpu++) {
            if (!CPU_ISSET_S(cpu, AFFINITY_BYTES, all)) continue;
            CPU_ZERO_S(AFFINITY_BYTES, one);
            CPU_SET_S(cpu, AFFINITY_BYTES, one);
            visits = sched_setaffinity(0, AFFINITY_BYTES, one) == 0 && kernel_current_cpu() == (int)cpu;
        }
        leave_on(before, all, one);
    } else if (before != NULL) {
        sched_setaffinity(0, AFFINITY_BYTES, before);
    }
    CPU_FREE(one);
    CPU_FREE(all);
    CPU_FREE(before);
    errno = saved;
    return visits;
}

int kernel_current_cpu(void) {
    return sched_getcpu();
}

int kernel_current_node(void) {
    unsigned node = 0;
    int saved = errno;
    long result = syscall(SYS_getcpu, NULL, &node, NULL);
    errno = saved;
    return result == 0 ? (int)node : -1;
}

int32_t kernel_thread_id(void) {
    return (int32_t)syscall(SYS_gettid);
}

uint64_t kernel_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
