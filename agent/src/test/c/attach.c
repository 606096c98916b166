/*
 * attach.c: native threads that attach to the JVM, call a static Java method, detach, and end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { MAX_THREADS = 64 };

static JavaVM *vm;
static jclass target;
static jmethodID look;
static atomic_int done;

static void *run(void *unused) {
    (void)unused;
    JNIEnv *env = NULL;
    /* Twice: a thread that detached may attach again. */
    for (int round = 0; round < 2; round++) {
        if ((*vm)->AttachCurrentThread(vm, (void **)&env, NULL) != JNI_OK) return NULL;
        (*env)->CallStaticVoidMethod(env, target, look);
        int failed = (*env)->ExceptionCheck(env);
        if (failed) (*env)->ExceptionDescribe(env);
        if ((*vm)->DetachCurrentThread(vm) != JNI_OK || failed) return NULL;
    }
    atomic_fetch_add(&done, 1);
    return NULL;
}

JNIEXPORT jint JNICALL Java_io_rseq_agent_it_programs_Agreement_attachAndLook(JNIEnv *env, jclass type, jint threads) {
    if (threads > MAX_THREADS || (*env)->GetJavaVM(env, &vm) != JNI_OK) return 0;
    target = (*env)->NewGlobalRef(env, type);
    look = (*env)->GetStaticMethodID(env, type, "lookFromNative", "()V");
    if (target == NULL || look == NULL) return 0;
    pthread_t started[MAX_THREADS];
    int count = 0;
    while (count < threads && pthread_create(&started[count], NULL, run, NULL) == 0) count++;
    for (int i = 0; i < count; i++) pthread_join(started[i], NULL);
    return atomic_load(&done);
}
