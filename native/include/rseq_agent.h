/*
 * rseq_agent.h: the C API that librseq_jvm offers to other native code in the process.
 *
 * A JNI library that wants the current thread to have a registered rseq(2) area, and wants it to stay registered, counts itself in
 * and out here. The rules are those of docs/ownership.md: one registration per thread, counted; the first to register owns it; the last
 * user of an area that the agent registered unregisters it.
 *
 * Find the functions with dlsym(RTLD_DEFAULT, ...): they exist only in a process that runs with the agent, from its start on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_AGENT_H
#define RSEQ_AGENT_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Counts the calling thread in, registering its area with the kernel when nobody has.
 *
 * Returns 0, or a positive errno value and changes nothing:
 *   EOVERFLOW  the thread's refcount is INT_MAX
 *   ENOSYS     the kernel, or a sandbox, has no rseq(2)
 *   EPERM      a seccomp filter forbids it
 *   EBUSY      another library holds a registration that the agent can't see
 *   ENODEV     the area belongs to another owner, glibc for one, and that owner did not register this thread
 *   ENOMEM     the agent's ledger is full
 *
 * Threading: affects the calling thread only. A handler may call it, too, also where it interrupts one of these calls, or the agent at the
 * start or the end of a JVM thread (the first call of a thread allocates in a process with more than 32 keys of pthread_key_create). All
 * signals are blocked while it runs. Where it interrupts a start or an end, and glibc registers, the use is counted when that is over, and
 * EOVERFLOW or ENOMEM are not returned then, but stand in the agent's totals.
 *
 * Where the agent's start line says area=per-thread, a handler may call neither this function nor the next: both ask the dynamic linker where
 * the thread's area and its count lie, which takes a lock and may allocate. It would wait for ever where it interrupts a malloc or a dlopen.
 */
int rseq_agent_register_current_thread(void);

/*
 * Counts the calling thread out. The last user of an area that the agent registered unregisters it.
 *
 * Returns 0, or EINVAL when the thread's refcount is 0 (nothing changes).
 *
 * Threading: as above.
 */
int rseq_agent_unregister_current_thread(void);

#ifdef __cplusplus
}
#endif
#endif
