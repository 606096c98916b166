/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <sched.h>

#include "../src/kernel.h"
#include "check.h"

int main(void) {
    int possible = kernel_possible_cpus(1);
    cpu_set_t *set = CPU_ALLOC(1 << 16);
    size_t bytes = CPU_ALLOC_SIZE(1 << 16);
    CHECK(set != NULL);
    CPU_ZERO_S(bytes, set);
    CHECK_EQ(sched_getaffinity(0, bytes, set), 0);
    int allowed = 0;
    for (int cpu = 0; cpu < 1 << 16; cpu++) {
        if (!CPU_ISSET_S((size_t)cpu, bytes, set)) continue;
        allowed++;
        CHECK(cpu < possible);
    }
    CPU_FREE(set);
    CHECK_EQ(kernel_allowed_cpus(), allowed);
    CHECK(kernel_current_cpu() >= 0);
    CHECK(kernel_current_cpu() < possible);
    CHECK(kernel_current_node() >= 0);
    CHECK(kernel_current_node() < kernel_possible_nodes());

    /* The same file, read another way: its last number is its highest. */
    FILE *file = fopen("/sys/devices/system/cpu/possible", "r");
    if (file == NULL) SKIP("no /sys/devices/system/cpu/possible; the affinity mask was checked");
    int last = -1;
    int next;
    while ((next = fgetc(file)) != EOF) {
        if (next == ',' || next == '-') last = 0;
        else if (next >= '0' && next <= '9') last = (last < 0 ? 0 : last) * 10 + next - '0';
    }
    fclose(file);
    CHECK_EQ(possible, last + 1);
    return 0;
}
