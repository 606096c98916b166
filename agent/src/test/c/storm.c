/*
 * storm.c: SIGPROF to the workers, 10,000 a second and more, and a thread that moves one worker after the other between two CPUs.
 *
 * Each worker has a timer of its own that signals it alone, every 200 us. The kernel arms a timer again when its signal is delivered, so
 * that of a worker that waits for a CPU costs nothing, and is delivered first when the worker runs. Two that run make 10 kHz.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <jni.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NATIVE(name) JNIEXPORT JNICALL Java_io_rseq_agent_it_programs_Storm_##name

/* Not in every C library's header. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { WORKERS_MAX = 512, SIGPROF_NS = 200 * 1000, MOVE_PAUSE_US = 50 };

struct worker {
    pid_t tid; /* 0: it has ended */
    timer_t timer;
};

/* Held for each move: a number that the kernel gave to another process's thread must not be moved. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker workers[WORKERS_MAX];
static int count;
static pthread_key_t ending;
static __thread int struck;
static pthread_t mover;
static int moving;
static cpu_set_t allowed, sets[2];
static atomic_bool over;
static atomic_long signals, moves;

static void on_signal(int number) {
    (void)number;
    atomic_fetch_add_explicit(&signals, 1, memory_order_relaxed);
}

static void calm(void *worker_that_ends) {
    struct worker *worker = worker_that_ends;
    pthread_mutex_lock(&lock);
    if (worker->tid != 0) timer_delete(worker->timer);
    worker->tid = 0;
    pthread_mutex_unlock(&lock);
}

static void *move(void *unused) {
    (void)unused;
    for (unsigned turn = 0; !atomic_load(&over); turn++) {
        pthread_mutex_lock(&lock);
        unsigned n = (unsigned)count;
        pid_t tid = n == 0 ? 0 : workers[turn % n].tid;
        if (tid != 0 && sched_setaffinity(tid, sizeof sets[0], &sets[(turn / n + turn) % 2]) == 0) atomic_fetch_add(&moves, 1);
        pthread_mutex_unlock(&lock);
        usleep(MOVE_PAUSE_US);
    }
    return NULL;
}

/* The first two CPUs that this process may use. */
static int two_cpus(void) {
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
    int found = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        CPU_ZERO(&sets[found]);
        CPU_SET(cpu, &sets[found]);
        found++;
    }
    return found == 2;
}

jboolean NATIVE(begin)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    if (sigaction(SIGPROF, &action, NULL) != 0 || pthread_key_create(&ending, calm) != 0) return JNI_FALSE;
    if (!two_cpus()) return JNI_TRUE;
    moving = pthread_create(&mover, NULL, move, NULL) == 0;
    return moving ? JNI_TRUE : JNI_FALSE;
}

/* From now until it ends, the calling kernel thread is a worker. Again: nothing. */
jboolean NATIVE(strike)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    if (struck || atomic_load(&over)) return JNI_TRUE;
    struck = 1;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    struct itimerspec often = {.it_interval = {.tv_nsec = SIGPROF_NS}, .it_value = {.tv_nsec = SIGPROF_NS}};
    pthread_mutex_lock(&lock);
    struct worker *worker = count < WORKERS_MAX ? &workers[count] : NULL;
    int armed = worker != NULL && timer_create(CLOCK_MONOTONIC, &event, &worker->timer) == 0;
    if (armed) {
        worker->tid = event.sigev_notify_thread_id;
        count++;
        armed = pthread_setspecific(ending, worker) == 0 && timer_settime(worker->timer, 0, &often, NULL) == 0;
    }
    pthread_mutex_unlock(&lock);
    return armed ? JNI_TRUE : JNI_FALSE;
}

void NATIVE(end)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    atomic_store(&over, 1);
    if (moving) pthread_join(mover, NULL);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count; i++) {
        if (workers[i].tid == 0) continue;
        timer_delete(workers[i].timer);
        sched_setaffinity(workers[i].tid, sizeof allowed, &allowed);
        workers[i].tid = 0;
    }
    pthread_mutex_unlock(&lock);
}

jlong NATIVE(signals)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return atomic_load(&signals);
}

jlong NATIVE(moves)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return atomic_load(&moves);
}
