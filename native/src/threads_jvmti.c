/*
 * threads_jvmti.c: ThreadStart and ThreadEnd need no capability, come on the thread itself, also for threads attached through JNI, and
 * from JDK 21 on not for virtual threads. On 19 and 20, where they do, the carrier is counted already and nothing happens.
 *
 * No I/O, no lock, no Java call here: the thread's start waits for it, and a thread that waits for that may hold any lock. Only with
 * area=per-thread, the dynamic linker must be asked, which takes its lock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "threads_jvmti.h"

#include <jvmti.h>
#include <string.h>

static jvmtiEnv *jvmti;
static jfieldID thread_id_field;

struct thread_identity threads_identity(JNIEnv *env, jobject thread, char buffer[THREAD_NAME_BYTES]) {
    struct thread_identity identity = {.java_id = 0, .name = NULL};
    if (thread == NULL) return identity;
    if (thread_id_field != NULL) identity.java_id = (*env)->GetLongField(env, thread, thread_id_field);
    if (jvmti == NULL || !journal_is_verbose()) return identity;
    jvmtiThreadInfo info;
    if ((*jvmti)->GetThreadInfo(jvmti, thread, &info) != JVMTI_ERROR_NONE) return identity;
    if (info.name != NULL) {
        strncpy(buffer, info.name, THREAD_NAME_BYTES - 1);
        buffer[THREAD_NAME_BYTES - 1] = '\0';
        identity.name = buffer;
        (*jvmti)->Deallocate(jvmti, (unsigned char *)info.name);
    }
    if (info.thread_group != NULL) (*env)->DeleteLocalRef(env, info.thread_group);
    if (info.context_class_loader != NULL) (*env)->DeleteLocalRef(env, info.context_class_loader);
    return identity;
}

static void JNICALL on_thread_start(jvmtiEnv *unused, JNIEnv *env, jthread thread) {
    (void)unused;
    /*
     * Where registering is ours, a thread is registered when it first reads an index or commits. Every other thread is left to a library that
     * comes later and registers an area that we can't share: it would find the thread taken, and some abort() then.
     */
    if (registration_ownership()->registers) return;
    char name[THREAD_NAME_BYTES];
    struct thread_identity identity = threads_identity(env, thread, name);
    registration_thread_started(&identity);
}

static void JNICALL on_thread_end(jvmtiEnv *unused, JNIEnv *env, jthread thread) {
    (void)unused;
    char name[THREAD_NAME_BYTES];
    struct thread_identity identity = threads_identity(env, thread, name);
    registration_thread_ended(&identity);
}

bool threads_open(JavaVM *vm, JNIEnv *env) {
    if ((*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_1_2) != JNI_OK) {
        jvmti = NULL;
        return false;
    }
    jclass thread_class = (*env)->FindClass(env, "java/lang/Thread");
    if (thread_class != NULL) thread_id_field = (*env)->GetFieldID(env, thread_class, "tid", "J");
    if ((*env)->ExceptionCheck(env)) (*env)->ExceptionClear(env); /* a JVM whose Thread has no 'tid': ids read as 0 */
    return true;
}

bool threads_watch(void) {
    if (jvmti == NULL) return false;
    jvmtiEventCallbacks callbacks;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.ThreadStart = on_thread_start;
    callbacks.ThreadEnd = on_thread_end;
    return (*jvmti)->SetEventCallbacks(jvmti, &callbacks, (jint)sizeof callbacks) == JVMTI_ERROR_NONE &&
           (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_THREAD_START, NULL) == JVMTI_ERROR_NONE &&
           (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_THREAD_END, NULL) == JVMTI_ERROR_NONE;
}
