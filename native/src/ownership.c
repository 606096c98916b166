/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ownership.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "distance.h"
#include "glibc_compat.h"
#include "kernel.h"
#include "tls_symbol.h"

enum {
    GLIBC_SIZE_MIN = 20,          /* struct rseq up to and with flags */
    GLIBC_SIZE_MAX = 1024,        /* an area larger than the static TLS surplus is nobody's */
    TP_DISTANCE_MAX = 1024 * 1024 /* static TLS and struct pthread lie this close to the thread pointer */
};

static const char *const owner_names[OWNER_KINDS] = {"none", "glibc", "librseq", "foreign", "agent", "unknown"};

const char *owner_name(enum owner owner) {
    return (unsigned)owner < OWNER_KINDS ? owner_names[owner] : "unknown";
}

#define REASON(decision, ...) snprintf((decision)->reason, sizeof(decision)->reason, __VA_ARGS__)

uint32_t ownership_usable(uint32_t said) {
    uint32_t written = kernel_feature_size();
    return said < written ? said : written;
}

struct rseq_area *ownership_area(const struct ownership *decision) {
    if (decision->constant_offset) return (struct rseq_area *)(thread_pointer() + decision->offset);
    return decision->area_of_thread == NULL ? NULL : decision->area_of_thread();
}

/* ---- what can be found with dlsym; never linked, so that a process without them starts ---------------------------------------- */

static void *global_symbol(const char *name) {
    return dlsym(RTLD_DEFAULT, name);
}

/* The library whose __rseq_abi is looked at, and at last adopted. RTLD_DEFAULT: the first one in the global scope. */
static void *foreign_library = RTLD_DEFAULT;

static struct rseq_area *foreign_area(void) {
    return dlsym(foreign_library, "__rseq_abi");
}

static uint32_t *foreign_refcount(void) {
    return dlsym(foreign_library, "__rseq_refcount");
}

/* An area that may be dereferenced: aligned as the kernel wants it, readable to its end. */
static bool is_area(const struct rseq_area *area) {
    return area != NULL && (uintptr_t)area % RSEQ_ORIGINAL_ALIGNMENT == 0 && kernel_can_read(area, sizeof *area);
}

static char *foreign_area_address(void) {
    return (char *)foreign_area();
}

static char *foreign_refcount_address(void) {
    return (char *)foreign_refcount();
}

/*
 * A dlopened library's global-dynamic TLS lies elsewhere in each thread; only a constant distance may be read with raw loads. To find the
 * other kind takes dlsym, hence the dynamic linker's lock, and may allocate.
 */
static void find_constant_offsets(struct ownership *decision) {
    decision->constant_offset = distance_is_constant(foreign_area_address, &decision->offset);
    decision->constant_refcount = foreign_refcount() != NULL && distance_is_constant(foreign_refcount_address, &decision->refcount_offset);
}

/*
 * Asks 'take' about each library that may have what 'symbol' names: the first one in the global scope, then those that were loaded locally,
 * whose symbols no other library finds. One that 'take' chooses stays open. Returns whether it chose one.
 */
static bool choose_library(const char *symbol, bool (*take)(void *library, struct ownership *decision), struct ownership *decision) {
    void *global = global_symbol(symbol);
    if (global != NULL && take(RTLD_DEFAULT, decision)) return true;
    static struct symbol_owners owners;
    find_symbol_owners(symbol, &owners);
    for (int i = 0; i < owners.count; i++) {
        void *library = dlopen(owners.paths[i], RTLD_LAZY | RTLD_NOLOAD);
        if (library == NULL) continue;
        if (dlsym(library, symbol) != global && take(library, decision)) return true;
        dlclose(library);
    }
    return false;
}

/* False: whatever is asked is answered alike, so it is no use to ask. */
static bool is_answered(enum registration_state state) {
    return state == REGISTRATION_FREE || state == REGISTRATION_ELSEWHERE;
}

/* ---- the rows of the table --------------------------------------------------------------------------------------------------- */

/* Row 1: glibc 2.35 and later registered every thread. A dormant area (tunable off) has size 0 and is not touched. */
static bool glibc_owns(struct ownership *decision) {
    const unsigned *size = global_symbol("__rseq_size");
    const ptrdiff_t *offset = global_symbol("__rseq_offset");
    if (size == NULL || offset == NULL || !kernel_can_read(size, sizeof *size) || !kernel_can_read(offset, sizeof *offset)) return false;
    if (*size == 0) return false;
    if (*size < GLIBC_SIZE_MIN || *size > GLIBC_SIZE_MAX) {
        REASON(decision, "__rseq_size is %u, expected %d to %d", *size, GLIBC_SIZE_MIN, GLIBC_SIZE_MAX);
        return false;
    }
    if (*offset < -TP_DISTANCE_MAX || *offset > TP_DISTANCE_MAX) {
        REASON(decision, "__rseq_offset is %td, too far from the thread pointer", *offset);
        return false;
    }
    struct rseq_area *area = (struct rseq_area *)(thread_pointer() + *offset);
    if (!is_area(area)) {
        REASON(decision, "__rseq_offset is %td, no aligned readable area", *offset);
        return false;
    }
    uint32_t length = *size < RSEQ_ORIGINAL_LENGTH ? RSEQ_ORIGINAL_LENGTH : *size;
    bool filtered = !is_answered(kernel_is_registered()); /* by a filter that was set later */
    if (area->cpu_id < 0 || (!filtered && !kernel_is_registered_at(area, length))) {
        REASON(decision, "__rseq_offset is %td, but the kernel has no registration of %u bytes there", *offset, length);
        return false;
    }
    if (!kernel_writes_cpu_id(area)) {
        REASON(decision, "__rseq_offset is %td, but cpu_id there is %d and not the CPU that getcpu(2) names", *offset, area->cpu_id);
        return false;
    }
    bool original = *size == RSEQ_USABLE_ORIGINAL || *size == RSEQ_ORIGINAL_LENGTH;
    decision->owner = OWNER_GLIBC;
    decision->constant_offset = true;
    decision->offset = *offset;
    decision->length = length;
    decision->glibc_size = *size;
    decision->usable = ownership_usable(original ? RSEQ_ORIGINAL_LENGTH : *size);
    return true;
}

/*
 * Row 2: librseq is in the process, and may register threads of its own accord. Once one of its registrations succeeded, one that fails
 * ends in abort() (src/rseq.c, rseq_register_current_thread), so threads are registered through its function alone, and only where the kernel
 * says that they are free.
 */
static bool take_librseq(void *library, struct ownership *decision) {
    const ptrdiff_t *offset = dlsym(library, "rseq_offset");
    const unsigned *size = dlsym(library, "rseq_size");
    int (*register_thread)(void) = (int (*)(void))dlsym(library, "rseq_register_current_thread");
    int (*unregister_thread)(void) = (int (*)(void))dlsym(library, "rseq_unregister_current_thread");
    if (offset == NULL || size == NULL || register_thread == NULL || unregister_thread == NULL) return false;
    if (!kernel_can_read(offset, sizeof *offset) || !kernel_can_read(size, sizeof *size)) return false;
    enum registration_state state = kernel_is_registered();
    if (state == REGISTRATION_PRETENDED) return false;
    if (state == REGISTRATION_FREE) {
        /* Its offset and size hold once a thread was registered; the thread's own registration follows when it is counted in. */
        if (register_thread() != 0) {
            REASON(decision, "librseq could not register this thread");
            return false;
        }
        unregister_thread();
    }
    if (*size < RSEQ_USABLE_ORIGINAL || *size > GLIBC_SIZE_MAX || *offset < -TP_DISTANCE_MAX || *offset > TP_DISTANCE_MAX ||
        !is_area((struct rseq_area *)(thread_pointer() + *offset))) {
        REASON(decision, "librseq says rseq_offset %td and rseq_size %u, which is no area", *offset, *size);
        return false;
    }
    decision->owner = OWNER_LIBRSEQ;
    decision->registers = true;
    decision->register_thread = register_thread;
    decision->unregister_thread = unregister_thread;
    decision->constant_offset = true;
    decision->offset = *offset;
    decision->length = *size < RSEQ_ORIGINAL_LENGTH ? RSEQ_ORIGINAL_LENGTH : *size;
    decision->usable = ownership_usable(*size);
    return true;
}

static bool librseq_owns(struct ownership *decision) {
    return choose_library("rseq_register_current_thread", take_librseq, decision);
}

/*
 * Who owns the area of foreign_library: OWNER_FOREIGN where the kernel confirms it on this thread, OWNER_AGENT where the thread is free and
 * registering it there is ours to do, OWNER_NONE where it is no area to share.
 */
static enum owner owner_of_foreign_area(struct ownership *decision) {
    struct rseq_area *area = foreign_area();
    if (area == NULL) return OWNER_NONE;
    if (!is_area(area)) {
        REASON(decision, "__rseq_abi of another library is misaligned or unreadable");
        return OWNER_NONE;
    }
    /* One for all threads: the kernel would write the CPUs of all of them there. */
    size_t size = tls_symbol_size("__rseq_abi", area, 0);
    if (size == 0) {
        REASON(decision, "__rseq_abi of another library is not thread-local");
        return OWNER_NONE;
    }
    /* The kernel writes 32 bytes: registered all the same, a smaller one would lose the variables that lie behind it. */
    if (size < RSEQ_ORIGINAL_LENGTH) {
        REASON(decision, "__rseq_abi of another library is smaller than %u bytes", RSEQ_ORIGINAL_LENGTH);
        return OWNER_NONE;
    }
    /* tcmalloc's mark that it does without rseq: an area that becomes alive looks to it like one that it set up. */
    if (area->cpu_id == RSEQ_CPU_FAILED) return OWNER_NONE;
    enum registration_state state = kernel_is_registered();
    if (area->cpu_id < 0) return state == REGISTRATION_FREE ? OWNER_AGENT : OWNER_NONE;
    return state == REGISTRATION_ELSEWHERE && kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH) ? OWNER_FOREIGN : OWNER_NONE;
}

static void share_foreign_area(enum owner owner, struct ownership *decision) {
    decision->owner = owner;
    decision->registers = owner == OWNER_AGENT;
    find_constant_offsets(decision);
    decision->area_of_thread = foreign_area;
    decision->refcount_of_thread = foreign_refcount() == NULL ? NULL : foreign_refcount;
    decision->length = RSEQ_ORIGINAL_LENGTH;
    decision->usable = ownership_usable(RSEQ_ORIGINAL_LENGTH);
}

/* Row 3: an area that the kernel confirms is in use. Of several areas that are not, row 4 takes the first. */
static bool take_registered_area(void *library, struct ownership *decision) {
    foreign_library = library;
    if (owner_of_foreign_area(decision) != OWNER_FOREIGN) return false;
    share_foreign_area(OWNER_FOREIGN, decision);
    return true;
}

static bool take_free_area(void *library, struct ownership *decision) {
    foreign_library = library;
    if (owner_of_foreign_area(decision) != OWNER_AGENT) return false;
    share_foreign_area(OWNER_AGENT, decision);
    return true;
}

/* Rows 3 and 4: a library that was there before us has an area of the old protocol. */
static bool foreign_area_exists(struct ownership *decision) {
    return choose_library("__rseq_abi", take_registered_area, decision) || choose_library("__rseq_abi", take_free_area, decision);
}

/* Rows 5 and 7: somebody unseen holds the registration, or there is no rseq here at all. */
static bool cannot_be_had(struct ownership *decision) {
    switch (kernel_is_registered()) {
        case REGISTRATION_ELSEWHERE:
            decision->owner = OWNER_UNKNOWN;
            decision->error = EBUSY;
            if (decision->reason[0] == '\0') REASON(decision, "another library registered an area that no symbol names");
            return true;
        case REGISTRATION_NO_KERNEL:
            decision->owner = OWNER_NONE;
            decision->error = ENOSYS;
            REASON(decision, "ENOSYS: the kernel, or a sandbox, has no rseq(2)");
            return true;
        case REGISTRATION_FORBIDDEN:
            decision->owner = OWNER_NONE;
            decision->error = EPERM;
            REASON(decision, "EPERM: a seccomp filter forbids rseq(2)");
            return true;
        case REGISTRATION_PRETENDED:
            decision->owner = OWNER_NONE;
            decision->error = ENOSYS;
            REASON(decision, "a sandbox, or an emulator, answers 0 to rseq(2) and does nothing");
            return true;
        default: return false;
    }
}

/* Forced owners are for tests: they take their row only, and fall to none where it does not hold. */
static void decide_forced(enum owner forced, struct ownership *decision, bool *needs_own_area) {
    bool found = false;
    if (forced == OWNER_GLIBC) found = glibc_owns(decision);
    if (forced == OWNER_LIBRSEQ) found = librseq_owns(decision);
    if (forced == OWNER_FOREIGN) found = foreign_area_exists(decision);
    if (forced == OWNER_AGENT) found = *needs_own_area = kernel_is_registered() == REGISTRATION_FREE;
    if (forced == OWNER_UNKNOWN || forced == OWNER_NONE) found = true;
    decision->error = forced == OWNER_UNKNOWN ? EBUSY : ENOSYS;
    decision->owner = found ? forced : OWNER_NONE;
    REASON(decision, found ? "forced with owner=%s" : "owner=%s was forced and is not available here", owner_name(forced));
}

void ownership_decide(const struct ownership_request *request, struct ownership *decision, bool *needs_own_area) {
    memset(decision, 0, sizeof *decision);
    *needs_own_area = false;
    if (request->forced != OWNER_KINDS) {
        decide_forced(request->forced, decision, needs_own_area);
        return;
    }
    if (glibc_owns(decision)) return;          /* row 1 */
    if (librseq_owns(decision)) return;        /* row 2 */
    if (foreign_area_exists(decision)) return; /* rows 3, 4 */
    if (cannot_be_had(decision)) return;       /* rows 5, 7 */
    *needs_own_area = true;                    /* row 6 */
}
