/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.peer;

import com.sun.jna.Native;

/** {@code sched_getcpu} by JNA's direct mapping, the faster of its two. */
public final class JnaDirectLibc {
    static {
        Native.register(JnaDirectLibc.class, "c");
    }

    private JnaDirectLibc() {}

    public static native int sched_getcpu();
}
