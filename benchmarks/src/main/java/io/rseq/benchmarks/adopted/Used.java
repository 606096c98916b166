/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.adopted;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What this process has used since its start. */
final class Used {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Used() {}

    /** CPU time in ns, and bytes allocated by all threads, which JDK 21 and later say; before it is -1. */
    static String now() throws ReflectiveOperationException {
        return SYSTEM.getProcessCpuTime() + " " + allocated();
    }

    private static long allocated() throws ReflectiveOperationException {
        if (Runtime.version().feature() < 21) return -1;
        return (long) ThreadMXBean.class
                .getMethod("getTotalThreadAllocatedBytes")
                .invoke(ManagementFactory.getThreadMXBean());
    }
}
