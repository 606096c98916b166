/*
 * peer.c: drives the peers from Java, and asks the kernel about the calling thread: the natives of io.rseq.agent.it.programs.Peer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <dlfcn.h>
#include <jni.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/auxv.h>

#define NATIVE(name) JNIEXPORT JNICALL Java_io_rseq_agent_it_programs_Peer_##name

enum { FEATURE_SIZE = 27 }; /* of the auxiliary vector, Linux 6.3 */

typedef int (*action)(void);

static void *handle_of(jlong library) {
    return (void *)(intptr_t)library;
}

/* The address of a function or object; its absence is a fault of the test, said before the JVM falls. */
static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) fprintf(stderr, "no %s\n", name);
    return found;
}

jlong NATIVE(open)(JNIEnv *env, jclass type, jstring path, jboolean global) {
    (void)type;
    const char *file = (*env)->GetStringUTFChars(env, path, NULL);
    if (file == NULL) return 0;
    void *library = dlopen(file, RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
    if (library == NULL) fprintf(stderr, "%s\n", dlerror());
    (*env)->ReleaseStringUTFChars(env, path, file);
    return (jlong)(intptr_t)library;
}

/* Closes it; true when it is gone. */
jboolean NATIVE(close)(JNIEnv *env, jclass type, jlong library, jstring path) {
    (void)type;
    dlclose(handle_of(library));
    const char *file = (*env)->GetStringUTFChars(env, path, NULL);
    if (file == NULL) return JNI_FALSE;
    void *still = dlopen(file, RTLD_NOW | RTLD_NOLOAD);
    (*env)->ReleaseStringUTFChars(env, path, file);
    if (still != NULL) dlclose(still);
    return still == NULL ? JNI_TRUE : JNI_FALSE;
}

static int act(jlong library, const char *name) {
    action found = (action)symbol(handle_of(library), name);
    return found == NULL ? ENOSYS : found();
}

jint NATIVE(register)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    return act(library, "peer_register");
}

jint NATIVE(unregister)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    return act(library, "peer_unregister");
}

static void *use(void *library) {
    int registered = act((jlong)(intptr_t)library, "peer_register");
    int unregistered = registered == 0 ? act((jlong)(intptr_t)library, "peer_unregister") : 0;
    return (void *)(intptr_t)(registered == 0 ? unregistered : registered);
}

/* Registers and unregisters on a thread that the JVM does not know. */
jint NATIVE(useOnNativeThread)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    pthread_t thread;
    void *error = NULL;
    if (pthread_create(&thread, NULL, use, handle_of(library)) != 0 || pthread_join(thread, &error) != 0) return EAGAIN;
    return (jint)(intptr_t)error;
}

static volatile struct area *area_of(jlong library) {
    struct area *(*area)(void) = (struct area * (*)(void)) symbol(handle_of(library), "peer_area");
    return area == NULL ? NULL : area();
}

jlong NATIVE(area)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    return (jlong)(intptr_t)area_of(library);
}

jint NATIVE(cpuId)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    return area_of(library)->cpu_id;
}

jlong NATIVE(refcount)(JNIEnv *env, jclass type, jlong library) {
    (void)env;
    (void)type;
    uint32_t *(*refcount)(void) = (uint32_t * (*)(void)) symbol(handle_of(library), "peer_refcount");
    uint32_t *count = refcount == NULL ? NULL : refcount();
    return count == NULL ? -1 : (jlong)*count;
}

/* ---- the kernel, asked without a change ------------------------------------------------------------------------------------------ */

jboolean NATIVE(kernelHolds)(JNIEnv *env, jclass type, jlong address) {
    (void)env;
    (void)type;
    void *area = (void *)(intptr_t)address;
    if (system_call(area, AREA_BYTES, UNREGISTER, RSEQ_SIGNATURE + 1) == EPERM) return JNI_TRUE;
    /* glibc 2.41 and later register what the kernel fills in: 33 bytes on Linux 7.2 */
    unsigned long filled = getauxval(FEATURE_SIZE);
    return filled > AREA_BYTES && system_call(area, (uint32_t)filled, UNREGISTER, RSEQ_SIGNATURE + 1) == EPERM;
}

jboolean NATIVE(isRegistered)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return system_call((void *)-4096L, AREA_BYTES, 0, RSEQ_SIGNATURE) != EFAULT;
}

jint NATIVE(threadId)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return (jint)syscall(SYS_gettid);
}

/* ---- what a library that is loaded now would bind to, and the agent's C API ------------------------------------------------------ */

jlong NATIVE(globalArea)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return (jlong)(intptr_t)dlsym(RTLD_DEFAULT, "__rseq_abi");
}

jlong NATIVE(globalRefcount)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    uint32_t *count = dlsym(RTLD_DEFAULT, "__rseq_refcount");
    return count == NULL ? -1 : (jlong)*count;
}

void NATIVE(setGlobalRefcount)(JNIEnv *env, jclass type, jlong value) {
    (void)env;
    (void)type;
    uint32_t *count = symbol(RTLD_DEFAULT, "__rseq_refcount");
    if (count != NULL) *count = (uint32_t)value;
}

jint NATIVE(agentRegister)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return act(0, "rseq_agent_register_current_thread"); /* RTLD_DEFAULT is 0 */
}

jint NATIVE(agentUnregister)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return act(0, "rseq_agent_unregister_current_thread");
}
