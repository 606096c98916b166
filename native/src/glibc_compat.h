/*
 * glibc_compat.h: binds to the oldest versions of the symbols that glibc 2.32 to 2.34 moved from libdl and libpthread into libc,
 * so that a library built on a new distribution loads on an old one (glibc 2.17 and later; tested on 2.31).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_GLIBC_COMPAT_H
#define RSEQ_JVM_GLIBC_COMPAT_H

#if defined(__x86_64__)
#define OLDEST_GLIBC "GLIBC_2.2.5"
#else
#define OLDEST_GLIBC "GLIBC_2.17"
#endif

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
__asm__(".symver dlopen,dlopen@" OLDEST_GLIBC);
__asm__(".symver dlsym,dlsym@" OLDEST_GLIBC);
__asm__(".symver dladdr,dladdr@" OLDEST_GLIBC);
__asm__(".symver dlclose,dlclose@" OLDEST_GLIBC);
__asm__(".symver dlerror,dlerror@" OLDEST_GLIBC);
__asm__(".symver pthread_create,pthread_create@" OLDEST_GLIBC);
__asm__(".symver pthread_attr_setstacksize,pthread_attr_setstacksize@" OLDEST_GLIBC);
__asm__(".symver pthread_join,pthread_join@" OLDEST_GLIBC);
__asm__(".symver pthread_key_create,pthread_key_create@" OLDEST_GLIBC);
__asm__(".symver pthread_getspecific,pthread_getspecific@" OLDEST_GLIBC);
__asm__(".symver pthread_setspecific,pthread_setspecific@" OLDEST_GLIBC);
__asm__(".symver pthread_sigmask,pthread_sigmask@" OLDEST_GLIBC);
#endif

#endif
