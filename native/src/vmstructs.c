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
    uint64_t type_name, field_name, type_string, is_static, offset, address, stride;
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
           number(libjvm, "gHotSpotVMStructEntryTypeStringOffset", &table->type_string) &&
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

/* ---- flags: an array of JVMFlag (src/hotspot/share/runtime/flags/jvmFlag.hpp) ----------------------------------------------------- */

/* JDK 17's JVMFlag, in the order of its fields; elsewhere, it is not touched. */
struct flag {
    uint8_t *value;
    const char *name;
    int32_t flags;
    int32_t type;
};

enum { FLAGS_MAX = 1 << 14 };

/* The static field's value, when its declared type is this one. */
static bool static_word(const struct table *table, const char *field, const char *type, uint64_t *value) {
    const char *entry = find_entry(table, "JVMFlag", field);
    if (entry == NULL || !entry_is_static(table, entry)) return false;
    const char *declared = string_at(entry, table->type_string);
    const uint64_t *address = *(uint64_t *const *)(entry + table->address);
    if (declared == NULL || strcmp(declared, type) != 0 || !kernel_can_read(address, sizeof *address)) return false;
    *value = *address;
    return true;
}

static bool flags_are_laid_out_as_expected(const struct table *table) {
    const char *type = find_entry(table, "JVMFlag", "_type");
    const char *declared = type == NULL ? NULL : string_at(type, table->type_string);
    return declared != NULL && strcmp(declared, "int") == 0 &&
           field_offset(table, "JVMFlag", "_addr") == (int64_t)offsetof(struct flag, value) &&
           field_offset(table, "JVMFlag", "_name") == (int64_t)offsetof(struct flag, name) &&
           field_offset(table, "JVMFlag", "_flags") == (int64_t)offsetof(struct flag, flags) &&
           field_offset(table, "JVMFlag", "_type") == (int64_t)offsetof(struct flag, type);
}

static const struct flag *find_flag(const struct flag *flags, uint64_t count, const char *name) {
    size_t bytes = strlen(name) + 1;
    for (uint64_t i = 0; i < count; i++) {
        const struct flag *flag = &flags[i];
        if (!kernel_can_read(flag, sizeof *flag)) return NULL;
        if (kernel_can_read(flag->name, bytes) && memcmp(flag->name, name, bytes) == 0) return flag;
    }
    return NULL;
}

/* Its value lies in libjvm and is a bool's. */
static bool holds_bool(const struct flag *flag, const void *libjvm_base) {
    Dl_info info;
    return dladdr(flag->value, &info) != 0 && info.dli_fbase == libjvm_base && kernel_can_read(flag->value, 1) && *flag->value <= 1;
}

volatile uint8_t *vmstructs_bool_flag(JNIEnv *env, const char *name) {
    void *libjvm = open_libjvm(env);
    struct table table;
    uint64_t flags_address;
    uint64_t count;
    Dl_info info;
    if (libjvm == NULL || !find_table(libjvm, &table) || !flags_are_laid_out_as_expected(&table)) return NULL;
    if (dladdr(table.entries, &info) == 0) return NULL;
    if (!static_word(&table, "flags", "JVMFlag*", &flags_address) || !static_word(&table, "numFlags", "size_t", &count)) return NULL;
    if (flags_address % sizeof(uint64_t) != 0 || count > FLAGS_MAX) return NULL;
    const struct flag *flags = (const struct flag *)(uintptr_t)flags_address;
    /* Types are numbers that the table does not name; flags that every HotSpot has tell which one is bool's, and that others differ. */
    const struct flag *a_bool = find_flag(flags, count, "UseSerialGC");
    const struct flag *no_bool = find_flag(flags, count, "MaxHeapSize");
    const struct flag *flag = find_flag(flags, count, name);
    if (a_bool == NULL || no_bool == NULL || flag == NULL || a_bool->type == no_bool->type || flag->type != a_bool->type) return NULL;
    return holds_bool(a_bool, info.dli_fbase) && holds_bool(flag, info.dli_fbase) ? flag->value : NULL;
}
