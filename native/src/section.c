/* SPDX-License-Identifier: Apache-2.0 */
#include "section.h"

#include <pthread.h>
#include <stddef.h>

#include "glibc_compat.h"

#define OVER INT64_MIN

static pthread_key_t key;

bool section_open(void) {
    return pthread_key_create(&key, NULL) == 0 && key < SECTION_KEYS;
}

void section_begin(struct section *section) {
    atomic_init(&section->left, 0);
    atomic_init(&section->native_uses, -1);
    pthread_setspecific(key, section);
}

void section_know(struct section *section, int64_t native_uses) {
    atomic_store_explicit(&section->native_uses, native_uses, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

struct section *section_interrupted(void) {
    struct section *section = pthread_getspecific(key);
    return section == NULL || atomic_load(&section->left) == OVER ? NULL : section;
}

void section_leave_use(struct section *section) {
    atomic_fetch_add(&section->left, 1);
}

bool section_take_use_back(struct section *section, int64_t native_uses) {
    int64_t known = atomic_load(&section->native_uses);
    if (known < 0) known = native_uses;
    int64_t left = atomic_load(&section->left);
    do {
        if (known + left <= 0) return false;
    } while (!atomic_compare_exchange_weak(&section->left, &left, left - 1));
    return true;
}

bool section_end(struct section *section) {
    int64_t nobody_came = 0;
    if (!atomic_compare_exchange_strong(&section->left, &nobody_came, OVER)) return false;
    pthread_setspecific(key, NULL);
    return true;
}

int64_t section_end_interrupted(struct section *section) {
    pthread_setspecific(key, NULL);
    return atomic_load(&section->left);
}
