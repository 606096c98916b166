/*
 * hostility.c: all at once, until it is stopped: native threads that attach and detach, also in a destructor of a pthread key, some of
 * which count in and never out; SIGPROF every 100 us, and a flood of a real-time signal to every thread of the process, whose handler
 * counts in and out. Not SIGUSR2: HotSpot suspends its threads with that one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NATIVE(name) JNIEXPORT JNICALL Java_io_rseq_agent_it_programs_Hostility_##name

enum { STARTERS = 3, SIGPROF_NS = 100 * 1000, FLOOD_PAUSE_US = 500 };

static JavaVM *vm;
static jclass target;
static jmethodID look;
static pthread_key_t detaching;
static int (*count_in)(void);
static int (*count_out)(void);
static atomic_bool over;
static atomic_long signals, attachments, failures;
static timer_t timer;
static pthread_t flooder, starters[STARTERS];

static void expect(int holds) {
    if (!holds) atomic_fetch_add(&failures, 1);
}

static void on_signal(int number) {
    (void)number;
    int saved = errno;
    expect(count_in() == 0);
    expect(count_out() == 0);
    atomic_fetch_add(&signals, 1);
    errno = saved;
}

static void *floods(void *unused) {
    (void)unused;
    for (int round = 0; !atomic_load(&over); round++) {
        DIR *tasks = opendir("/proc/self/task");
        for (struct dirent *task = tasks == NULL ? NULL : readdir(tasks); task != NULL; task = readdir(tasks)) {
            int tid = atoi(task->d_name);
            if (tid > 0) syscall(SYS_tgkill, getpid(), tid, round % 2 == 0 ? SIGRTMIN + 3 : SIGPROF); /* it may have ended */
        }
        if (tasks != NULL) closedir(tasks);
        usleep(FLOOD_PAUSE_US);
    }
    return NULL;
}

static void detach(void *unused) {
    (void)unused;
    expect((*vm)->DetachCurrentThread(vm) == JNI_OK);
}

static void attach_and_look(void) {
    JNIEnv *env = NULL;
    if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&env, NULL) != JNI_OK) {
        expect(0);
        return;
    }
    (*env)->CallStaticVoidMethod(env, target, look);
    expect(!(*env)->ExceptionCheck(env));
    atomic_fetch_add(&attachments, 1);
}

static void *attaches(void *kind) {
    long how = (long)kind;
    if (how % 4 == 1) expect(count_in() == 0); /* before it is the JVM's, and never out */
    for (int round = 0; round < 3; round++) {
        attach_and_look();
        expect(count_in() == 0);
        expect(count_out() == 0);
        detach(NULL);
    }
    attach_and_look();
    if (how % 4 == 2) expect(count_in() == 0);
    if (how % 2 == 0) pthread_setspecific(detaching, target);
    else detach(NULL);
    return NULL;
}

static void *starts(void *unused) {
    (void)unused;
    for (long i = 0; !atomic_load(&over); i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, attaches, (void *)i) != 0) continue;
        pthread_join(thread, NULL);
    }
    return NULL;
}

static int find_c_api(void) {
    void *agent = dlopen("librseq_jvm.so", RTLD_LAZY | RTLD_NOLOAD);
    if (agent == NULL) return 0;
    count_in = (int (*)(void))dlsym(agent, "rseq_agent_register_current_thread");
    count_out = (int (*)(void))dlsym(agent, "rseq_agent_unregister_current_thread");
    return count_in != NULL && count_out != NULL;
}

static int start_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    if (sigaction(SIGPROF, &action, NULL) != 0 || sigaction(SIGRTMIN + 3, &action, NULL) != 0) return 0;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGPROF;
    struct itimerspec often = {.it_interval = {.tv_nsec = SIGPROF_NS}, .it_value = {.tv_nsec = SIGPROF_NS}};
    return timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &often, NULL) == 0;
}

jboolean NATIVE(begin)(JNIEnv *env, jclass type) {
    target = (*env)->NewGlobalRef(env, type);
    look = (*env)->GetStaticMethodID(env, type, "look", "()V");
    if ((*env)->GetJavaVM(env, &vm) != JNI_OK || target == NULL || look == NULL || !find_c_api()) return JNI_FALSE;
    if (pthread_key_create(&detaching, detach) != 0 || !start_signals()) return JNI_FALSE;
    int started = pthread_create(&flooder, NULL, floods, NULL) == 0;
    for (int i = 0; i < STARTERS; i++) started &= pthread_create(&starters[i], NULL, starts, NULL) == 0;
    return started ? JNI_TRUE : JNI_FALSE;
}

/* The last signals may come after it; they count in and out like the others. */
void NATIVE(end)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    atomic_store(&over, 1);
    timer_delete(timer);
    pthread_join(flooder, NULL);
    for (int i = 0; i < STARTERS; i++) pthread_join(starters[i], NULL);
}

/* One more use of the calling thread, and one less; what was not counted in can't be counted out. */
void NATIVE(countInAndOut)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    expect(count_in() == 0);
    expect(count_in() == 0);
    expect(count_out() == 0);
    expect(count_out() == 0);
    expect(count_out() == EINVAL);
}

jlong NATIVE(signals)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return atomic_load(&signals);
}

jlong NATIVE(attachments)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return atomic_load(&attachments);
}

jlong NATIVE(failures)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return atomic_load(&failures);
}
