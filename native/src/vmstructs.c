/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "vmstructs.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "glibc_compat.h"
#include "kernel.h"

/* An entry that is larger, or a chain that is longer, than any JVM's is not a table of this kind. */
enum { OFFSET_MAX = 1 << 16, ENTRIES_MAX = 1 << 16 };

/* The table describes its own layout in exported variables. */
struct table {
    const char *entries;
    uint64_t type_name, field_name, is_static, offset, address, stride;
};

static bool number(void *library, const char *name, uint64_t *value) {
    const uint64_t *exported = dlsym(library, name);
    if (exported == NULL || *exported > OFFSET_MAX) return false;
    *value = *exported;
    return true;
}

static bool find_table(void *libjvm, struct table *table) {
    const char *const *entries = dlsym(libjvm, "gHotSpotVMStructs");
    if (entries == NULL || *entries == NULL) return false;
    table->entries = *entries;
    return number(libjvm, "gHotSpotVMStructEntryTypeNameOffset", &table->type_name) &&
           number(libjvm, "gHotSpotVMStructEntryFieldNameOffset", &table->field_name) &&
           number(libjvm, "gHotSpotVMStructEntryIsStaticOffset", &table->is_static) &&
           number(libjvm, "gHotSpotVMStructEntryOffsetOffset", &table->offset) &&
           number(libjvm, "gHotSpotVMStructEntryAddressOffset", &table->address) &&
           number(libjvm, "gHotSpotVMStructEntryArrayStride", &table->stride) && table->stride > 0;
}

static const char *string_at(const char *entry, uint64_t offset) {
    return *(const char *const *)(entry + offset);
}

/* The entry of 'field' in 'type', NULL when the table has none. */
static const char *find_entry(const struct table *table, const char *type, const char *field) {
    const char *entry = table->entries;
    for (int i = 0; i < ENTRIES_MAX; i++, entry += table->stride) {
        const char *entry_type = string_at(entry, table->type_name);
        const char *entry_field = string_at(entry, table->field_name);
        if (entry_type == NULL) break;
        if (entry_field != NULL && strcmp(entry_type, type) == 0 && strcmp(entry_field, field) == 0) return entry;
    }
    return NULL;
}

static bool entry_is_static(const struct table *table, const char *entry) {
    return *(const int32_t *)(entry + table->is_static) != 0;
}

/* The offset of 'field' in 'type', -1 when the table has none. */
static int64_t field_offset(const struct table *table, const char *type, const char *field) {
    const char *entry = find_entry(table, type, field);
    if (entry == NULL) return -1;
    uint64_t offset = *(const uint64_t *)(entry + table->offset);
    return entry_is_static(table, entry) || offset > OFFSET_MAX ? -1 : (int64_t)offset;
}

/* libjvm is whatever holds the JNI functions; RTLD_DEFAULT does not see it in every embedding. */
static void *open_libjvm(JNIEnv *env) {
    Dl_info info;
    const void *any_function;
    memcpy(&any_function, &(*env)->GetVersion, sizeof any_function);
    if (dladdr(any_function, &info) == 0 || info.dli_fname == NULL) return NULL;
    return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
}

bool vmstructs_read(JNIEnv *env, struct vm_offsets *offsets, char *reason, int size) {
    void *libjvm = open_libjvm(env);
    struct table table;
    if (libjvm == NULL || !find_table(libjvm, &table)) {
        snprintf(reason, (size_t)size, "this JVM exports no gHotSpotVMStructs");
        return false;
    }
    /* JDK 17 and 21 list the field under JavaThread, JDK 25 under Thread, where it moved. */
    offsets->osthread = field_offset(&table, "JavaThread", "_osthread");
    if (offsets->osthread < 0) offsets->osthread = field_offset(&table, "Thread", "_osthread");
    offsets->pthread_id = field_offset(&table, "OSThread", "_pthread_id");
    if (offsets->osthread >= 0 && offsets->pthread_id >= 0) return true;
    snprintf(reason, (size_t)size, "this JVM's gHotSpotVMStructs lacks _osthread or _pthread_id");
    return false;
}

static bool load(int64_t address, int64_t *value) {
    const void *at = (const void *)(uintptr_t)address;
    if (address % (int64_t)sizeof *value != 0 || !kernel_can_read(at, sizeof *value)) return false;
    *value = *(const volatile int64_t *)at;
    return true;
}

bool vmstructs_check(const struct vm_offsets *offsets, int64_t java_thread) {
    int64_t osthread;
    int64_t self;
    return java_thread != 0 && load(java_thread + offsets->osthread, &osthread) && osthread != 0 &&
           load(osthread + offsets->pthread_id, &self) && (pthread_t)self == pthread_self();
}
