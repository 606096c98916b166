/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Compares the index of a woven method with what libc and the kernel say, and counts.
 *
 * <p>A comparison counts where the thread can't have moved in between: both answers around the call, the kernel thread and its number
 * of context switches are the same before and after. Then another index is wrong, not unlucky.
 */
final class Witness {
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong disagreed = new AtomicLong();
    private final AtomicLong outOfRange = new AtomicLong();
    private final BitSet seen = new BitSet();
    private volatile String example = "none";

    /** One look from the calling thread. */
    void look() {
        int thread = Libc.threadId();
        long switches = Libc.switches();
        int before = Libc.sched_getcpu();
        int woven = Shapes.still(Shapes.NOT_WOVEN);
        int asked = Cpus.index();
        int after = Libc.sched_getcpu();
        int kernel = Libc.kernelCpu();
        boolean stood = before == after && after == kernel && switches == Libc.switches() && thread == Libc.threadId();
        if (woven < 0 || woven >= Cpus.count() || asked < 0 || asked >= Cpus.count()) {
            outOfRange.incrementAndGet();
            example = "woven=" + woven + ",asked=" + asked;
        } else if (stood) {
            compared.incrementAndGet();
            if (woven != before || asked != before) {
                disagreed.incrementAndGet();
                example = "woven=" + woven + ",asked=" + asked + ",libc=" + before;
            }
        }
        synchronized (seen) {
            seen.set(Math.max(woven, 0));
        }
    }

    void looks(int times) {
        for (int i = 0; i < times; i++) look();
    }

    /** Prints what was seen, {@code NAME.key=value} each. */
    void report(String name) {
        System.out.println(name + ".compared=" + compared);
        System.out.println(name + ".disagreed=" + disagreed);
        System.out.println(name + ".outOfRange=" + outOfRange);
        System.out.println(name + ".example=" + example);
        System.out.println(name + ".seen=" + seen);
    }
}
