/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.peer;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** {@code sched_getcpu} by JNA's interface mapping, through a proxy. */
public interface JnaInterfaceLibc extends Library {
    JnaInterfaceLibc C = Native.load("c", JnaInterfaceLibc.class);

    int sched_getcpu();
}
