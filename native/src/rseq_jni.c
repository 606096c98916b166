/*
 * rseq_jni.c: the native methods of java.lang.$Rseq, and nothing else. Each is private there and called by a checked method; what
 * comes from Java is checked again here all the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "distance.h"
#include "glibc_compat.h"
#include "rseq_jni.h"
#include "journal.h"
#include "kernel.h"
#include "ledger.h"
#include "ownership.h"
#include "percpu_memory.h"
#include "registration.h"
#include "threads_jvmti.h"
#include "vmstructs.h"

#define NATIVE(name) JNIEXPORT JNICALL Java_java_lang__00024Rseq_##name

/* As in java.lang.$Rseq. */
enum kind { KIND_CPU, KIND_CONCURRENCY_ID, KIND_NODE };

enum fact {
    FACT_AREA_KNOWN,  /* 1: the area lies at FACT_AREA_OFFSET from pthread_self() in every thread */
    FACT_AREA_OFFSET,
    FACT_USABLE,      /* bytes */
    FACT_CPUS,        /* 1 + highest possible CPU */
    FACT_NODES,
    FACT_CHAIN_KNOWN, /* 1: the two offsets below are known */
    FACT_OSTHREAD,
    FACT_PTHREAD_ID,
    FACTS,
};

/* The order of java.lang.$Rseq.totals(). */
enum { TOTALS = 7 + 2 * OWNER_KINDS };

static struct ownership decision;
static struct vm_offsets offsets;
static char chain_reason[96];
static int possible_cpus;

int rseq_possible_cpus(void) {
    return __atomic_load_n(&possible_cpus, __ATOMIC_ACQUIRE);
}

/* ---- the area of the calling thread ------------------------------------------------------------------------------------------ */

static int field_of(const struct rseq_area *area, int kind, uint32_t usable) {
    const volatile struct rseq_area *live = area;
    int cpu = live->cpu_id;
    if (cpu < 0) return -1;
    if (kind == KIND_NODE) return usable >= RSEQ_USABLE_NODE_ID ? (int)live->node_id : kernel_current_node();
    if (kind == KIND_CONCURRENCY_ID && usable >= RSEQ_USABLE_MM_CID) return (int)live->mm_cid;
    return cpu;
}

/* Without the area; the concurrency id has no other source than the area, where there is one. */
static int by_getcpu(int kind) {
    if (kind == KIND_NODE) return kernel_current_node();
    const struct rseq_area *area = kind == KIND_CONCURRENCY_ID ? ownership_area(registration_ownership()) : NULL;
    int index = area == NULL ? -1 : field_of(area, kind, registration_ownership()->usable);
    return index >= 0 ? index : kernel_current_cpu();
}

/* What the FFM reader calls: the index, or -1 when this thread must go the slow way. A leaf: no Java, no lock, no system call. */
static int rseq_jvm_read(int kind) {
    const struct ownership *owned = registration_ownership();
    if (!owned->constant_offset || (kind == KIND_NODE && owned->usable < RSEQ_USABLE_NODE_ID)) return -1;
    return field_of((const struct rseq_area *)(thread_pointer() + owned->offset), kind, owned->usable);
}

/* ---- natives ------------------------------------------------------------------------------------------------------------------ */

/*
 * The JVM opens this library RTLD_LOCAL; native code that looks for the C API finds it once the scope is global. Nothing else is exported
 * but the hook's natives: in particular no JNI_OnLoad, which must not be found in place of another library's.
 */
static void show_c_api(void) {
    Dl_info info;
    if (dladdr((const void *)(uintptr_t)&show_c_api, &info) == 0 || info.dli_fname == NULL) return;
    dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NODELETE);
}

/* Called once, before the others: JVMTI, and the C API. */
void NATIVE(open0)(JNIEnv *env, jclass hook) {
    (void)hook;
    JavaVM *vm;
    if ((*env)->GetJavaVM(env, &vm) == JNI_OK) threads_open(vm, env);
    show_c_api();
}

/* Decides who owns; true when the agent's own area is to be opened. */
jboolean NATIVE(decide0)(JNIEnv *env, jclass hook, jint forced) {
    (void)env;
    (void)hook;
    bool needs_own_area = false;
    struct ownership_request request = {.forced = forced < 0 || forced > OWNER_KINDS ? OWNER_KINDS : (enum owner)forced};
    ownership_decide(&request, &decision, &needs_own_area);
    return needs_own_area ? JNI_TRUE : JNI_FALSE;
}

/*
 * Opens the agent's own area, or says in the decision why that can't be. The path is in the encoding of file names, its 0 included; null: the
 * caller could not provide the file.
 */
void NATIVE(openArea0)(JNIEnv *env, jclass hook, jbyteArray path, jboolean visible) {
    (void)hook;
    char text[PATH_MAX];
    jsize length = path == NULL ? 0 : (*env)->GetArrayLength(env, path);
    bool given = length > 0 && (size_t)length <= sizeof text;
    if (given) {
        (*env)->GetByteArrayRegion(env, path, 0, length, (jbyte *)text);
        text[length - 1] = '\0';
    }
    ownership_open_own_area(&decision, given ? text : NULL, visible == JNI_TRUE);
}

static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void describe(char *text, size_t size, int cpus) {
    text[0] = '\0';
    append(text, size, "owner=%s", owner_name(decision.owner));
    if (decision.owner == OWNER_GLIBC) {
        const char *(*version)(void) = (const char *(*)(void))dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
        append(text, size, " %s", version == NULL ? "?" : version());
    }
    if (decision.constant_offset) append(text, size, " area=tp%+td", decision.offset);
    else append(text, size, " area=%s", decision.area_of_thread == NULL ? "none" : "per-thread");
    if (decision.usable > 0) {
        append(text, size, " size=%u features=cpu_id", decision.owner == OWNER_GLIBC ? decision.glibc_size : decision.length);
        if (decision.usable >= RSEQ_USABLE_NODE_ID) append(text, size, ",node_id");
        if (decision.usable >= RSEQ_USABLE_MM_CID) append(text, size, ",mm_cid");
    } else {
        append(text, size, " size=0 features=none");
    }
    struct utsname kernel;
    if (uname(&kernel) == 0) {
        size_t major = strspn(kernel.release, "0123456789");
        size_t minor = kernel.release[major] == '.' ? strspn(kernel.release + major + 1, "0123456789") : 0;
        if (major > 0 && minor > 0) append(text, size, " kernel=%.*s", (int)(major + 1 + minor), kernel.release);
    }
    append(text, size, " cpus=%d/%d", kernel_allowed_cpus(), cpus);
}

static char *self_address(void) {
    return (char *)pthread_self();
}

/* Puts the decision in force. Returns "facts \n reason \n reason of the chain \n what is wrong with the CPUs", NULL when the memory is not available. */
jstring NATIVE(start0)(JNIEnv *env, jclass hook, jint cpus_otherwise, jboolean verbose, jlongArray facts) {
    (void)hook;
    if (facts == NULL || (*env)->GetArrayLength(env, facts) < FACTS || !registration_open(&decision)) return NULL;
    journal_set_verbose(verbose == JNI_TRUE);
    jlong values[FACTS] = {0};
    ptrdiff_t self; /* pthread_self() is the thread pointer on x86-64 and not on aarch64 */
    values[FACT_AREA_KNOWN] = distance_is_constant(self_address, &self) && decision.constant_offset;
    values[FACT_AREA_OFFSET] = decision.offset - self;
    values[FACT_USABLE] = decision.usable;
    values[FACT_CPUS] = kernel_possible_cpus(cpus_otherwise);
    __atomic_store_n(&possible_cpus, (int)values[FACT_CPUS], __ATOMIC_RELEASE);
    values[FACT_NODES] = kernel_possible_nodes();
    values[FACT_CHAIN_KNOWN] = vmstructs_read(env, &offsets, chain_reason, sizeof chain_reason);
    values[FACT_OSTHREAD] = offsets.osthread;
    values[FACT_PTHREAD_ID] = offsets.pthread_id;
    (*env)->SetLongArrayRegion(env, facts, 0, FACTS, values);
    char text[768];
    describe(text, sizeof text, (int)values[FACT_CPUS]);
    append(text, sizeof text, "\n%s\n%s\n", decision.reason, chain_reason);
    if (!kernel_tells_possible_cpus())
        append(text, sizeof text, "/sys/devices/system/cpu/possible can't be read: Cpus.count() is %d, and a CPU over that is folded into it",
               (int)values[FACT_CPUS]);
    return (*env)->NewStringUTF(env, text);
}

/* The log2 of the bytes that each region of per-CPU memory is to have; 'wanted', 0 for none in particular. */
jint NATIVE(memoryShift0)(JNIEnv *env, jclass hook, jint wanted) {
    (void)env;
    (void)hook;
    return percpu_memory_shift(rseq_possible_cpus(), wanted);
}

jboolean NATIVE(watch0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return threads_watch() ? JNI_TRUE : JNI_FALSE;
}

/* Whether the chain of loads from this JavaThread, which must be the caller's, ends at the calling pthread. */
jboolean NATIVE(checkChain0)(JNIEnv *env, jclass hook, jlong java_thread) {
    (void)env;
    (void)hook;
    return vmstructs_check(&offsets, java_thread) ? JNI_TRUE : JNI_FALSE;
}

/* Whether the calling thread is counted in, and its area is what the kernel writes. */
static bool is_served(const struct rseq_area *area) {
    return area != NULL && *(const volatile int32_t *)&area->cpu_id >= 0 && registration_is_current();
}

/* The slow way in: sees to the registration, then reads. 'thread' is the platform thread that runs this. Always >= 0. */
jint NATIVE(read0)(JNIEnv *env, jclass hook, jint kind, jobject thread) {
    (void)hook;
    char name[THREAD_NAME_BYTES];
    const struct rseq_area *area = ownership_area(registration_ownership());
    int index = -1;
    if (is_served(area)) {
        index = field_of(area, kind, registration_ownership()->usable);
    } else {
        struct thread_identity identity = threads_identity(env, thread, name);
        area = registration_ensure(&identity);
        if (area != NULL) index = field_of(area, kind, registration_ownership()->usable);
    }
    if (index < 0) index = by_getcpu(kind);
    return index < 0 ? 0 : index;
}

jboolean NATIVE(isRegistered0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return is_served(ownership_area(registration_ownership())) ? JNI_TRUE : JNI_FALSE;
}

jint NATIVE(getcpu0)(JNIEnv *env, jclass hook, jint kind) {
    (void)env;
    (void)hook;
    int index = by_getcpu(kind);
    return index < 0 ? 0 : index;
}

/* The address of rseq_jvm_read, for a linker. */
jlong NATIVE(readFunction0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)(uintptr_t)&rseq_jvm_read;
}

/* The address of dlsym, for the second source of facts. */
jlong NATIVE(dlsymFunction0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)(uintptr_t)&dlsym;
}

/* The address of ledger_snapshot, for the ledger as people see it. */
jlong NATIVE(snapshotFunction0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)(uintptr_t)&ledger_snapshot;
}

/* The address of the calling thread's area, 0 for none. */
jlong NATIVE(area0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)(uintptr_t)ownership_area(registration_ownership());
}

/* Whether the journal holds everyday transitions, too, and names. */
void NATIVE(recordEveryday0)(JNIEnv *env, jclass hook, jboolean wanted) {
    (void)env;
    (void)hook;
    journal_set_verbose(wanted == JNI_TRUE);
}

/* Copies as many whole events as fit. Returns the number of events. */
jint NATIVE(drain0)(JNIEnv *env, jclass hook, jbyteArray out) {
    (void)hook;
    if (out == NULL) return 0;
    struct journal_event events[16];
    int room = (*env)->GetArrayLength(env, out) / (int)sizeof(struct journal_event);
    int total = 0;
    while (total < room) {
        int wanted = room - total < 16 ? room - total : 16;
        int got = journal_drain(events, wanted);
        if (got == 0) break;
        (*env)->SetByteArrayRegion(env, out, total * (jint)sizeof *events, got * (jint)sizeof *events, (const jbyte *)events);
        total += got;
    }
    return total;
}

/*
 * Whether a class file has the descriptor of one of our annotations in it, anywhere. It is asked of every class that an application loads, and
 * Java that is not compiled yet takes twenty times as long. Looks for the q, which is rare, and at what lies around it.
 */
jboolean NATIVE(namesUs0)(JNIEnv *env, jclass hook, jbyteArray file) {
    (void)hook;
    static const char per_cpu[] = "Lio/rseq/PerCpu;";
    static const char woven[] = "Lio/rseq/internal/Woven;";
    enum { Q_AT = sizeof "Lio/rse" - 1, SHORTER = sizeof per_cpu - 1, LONGER = sizeof woven - 1, CHUNK = 8192 };
    if (file == NULL) return JNI_FALSE;
    char bytes[CHUNK];
    jsize length = (*env)->GetArrayLength(env, file);
    /* Chunks overlap by what of a name may lie in front of their end. */
    for (jsize from = 0; length - from >= SHORTER; from += CHUNK - (LONGER - 1)) {
        jsize part = length - from < CHUNK ? length - from : CHUNK;
        (*env)->GetByteArrayRegion(env, file, from, part, (jbyte *)bytes);
        const char *end = bytes + part;
        const char *last = end - (SHORTER - Q_AT);
        for (const char *q = bytes + Q_AT; q <= last && (q = memchr(q, 'q', (size_t)(last - q) + 1)) != NULL; q++) {
            const char *name = q - Q_AT;
            if (memcmp(name, per_cpu, SHORTER) == 0) return JNI_TRUE;
            if (end - name >= LONGER && memcmp(name, woven, LONGER) == 0) return JNI_TRUE;
        }
    }
    return JNI_FALSE;
}

void NATIVE(totals0)(JNIEnv *env, jclass hook, jlongArray out) {
    (void)hook;
    if (out == NULL || (*env)->GetArrayLength(env, out) < TOTALS) return;
    jlong values[TOTALS];
    int at = 0;
    values[at++] = (jlong)atomic_load(&ledger_totals.adopted);
    values[at++] = (jlong)atomic_load(&ledger_totals.refused);
    values[at++] = (jlong)atomic_load(&ledger_totals.reregistered);
    values[at++] = (jlong)atomic_load(&ledger_totals.overflowed);
    values[at++] = (jlong)atomic_load(&ledger_totals.kernel_registrations);
    values[at++] = (jlong)atomic_load(&ledger_totals.kernel_unregistrations);
    values[at++] = (jlong)journal_dropped();
    /* released before registered, so that their difference, the live ones, is never negative */
    for (int owner = 0; owner < OWNER_KINDS; owner++) values[at + OWNER_KINDS + owner] = (jlong)atomic_load(&ledger_totals.released[owner]);
    for (int owner = 0; owner < OWNER_KINDS; owner++) values[at + owner] = (jlong)atomic_load(&ledger_totals.registered[owner]);
    (*env)->SetLongArrayRegion(env, out, 0, TOTALS, values);
}
