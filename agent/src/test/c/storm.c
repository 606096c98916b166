/*
 * storm.c: SIGPROF to the workers, some 10,000 a second, and a thread that moves one worker after the other between two CPUs.
 *
 * Each worker has a timer of its own that signals it alone, 50 us after the worker set it. The timer fires once, and the worker sets it
 * again in its next round: one that waits, for a lock or for the end of a collection, is woken by one signal and not by thousands a second,
 * which 64 times over would leave the CPUs to nothing but signals.
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

enum { WORKERS_MAX = 512, SIGPROF_NS = 50 * 1000, MOVE_PAUSE_US = 50 };

struct worker {
    pid_t tid; /* 0: it has ended */
    timer_t timer;
    atomic_bool fired; /* the timer has, since it was set */
};

/* Held for each move: a number that the kernel gave to another process's thread must not be moved. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker workers[WORKERS_MAX];
static int count;
static pthread_key_t ending;
static __thread struct worker *self;
static pthread_t mover;
static int moving;
static cpu_set_t allowed, sets[2];
static atomic_bool over;
static atomic_long signals, moves;

static void on_signal(int number, siginfo_t *about, void *context) {
    (void)number;
    (void)context;
    if (about->si_code != SI_TIMER) return;
    struct worker *worker = about->si_value.sival_ptr;
    atomic_store_explicit(&worker->fired, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&signals, 1, memory_order_relaxed);
}

static int set(struct worker *worker) {
    const struct itimerspec soon = {.it_value = {.tv_nsec = SIGPROF_NS}};
    atomic_store_explicit(&worker->fired, 0, memory_order_relaxed);
    return timer_settime(worker->timer, 0, &soon, NULL) == 0;
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
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK | SA_SIGINFO;
    if (sigaction(SIGPROF, &action, NULL) != 0 || pthread_key_create(&ending, calm) != 0) return JNI_FALSE;
    if (!two_cpus()) return JNI_TRUE;
    moving = pthread_create(&mover, NULL, move, NULL) == 0;
    return moving ? JNI_TRUE : JNI_FALSE;
}

/* From now until it ends, the calling kernel thread is a worker. Again, in each of its rounds: its timer is set again if it has fired. */
jboolean NATIVE(strike)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    if (atomic_load(&over)) return JNI_TRUE;
    if (self != NULL) {
        int goes = !atomic_load_explicit(&self->fired, memory_order_relaxed) || set(self);
        return goes || atomic_load(&over) ? JNI_TRUE : JNI_FALSE; /* end() deletes timers */
    }
    pthread_mutex_lock(&lock);
    struct worker *worker = count < WORKERS_MAX ? &workers[count] : NULL;
    if (worker != NULL) {
        struct sigevent event;
        memset(&event, 0, sizeof event);
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGPROF;
        event.sigev_value.sival_ptr = worker;
        event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
        if (timer_create(CLOCK_MONOTONIC, &event, &worker->timer) == 0) {
            worker->tid = event.sigev_notify_thread_id;
            count++;
            if (pthread_setspecific(ending, worker) == 0 && set(worker)) self = worker;
        }
    }
    pthread_mutex_unlock(&lock);
    return self != NULL ? JNI_TRUE : JNI_FALSE;
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
