/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What promoted adders hold while another agent changes their class and takes that back: {@link Changing}. */
public final class ChangedLater {
    private ChangedLater() {}

    public static void main(String[] arguments) throws Exception {
        Adders.awaitSequences();
        LongAdder adder = Adders.contended(new LongAdder());
        LongAdder taken = Adders.contended(new LongAdder());
        DoubleAdder doubles = Adders.contended(new DoubleAdder());
        doubles.add(1.5);
        adder.add(40);
        taken.add(8);
        boolean promoted = Adders.allocated() >= 32;
        long before = taken.sumThenReset();
        Changing.change(true);
        adder.increment();
        long changed = adder.sum();
        doubles.add(2);
        taken.reset();
        Changing.change(false);
        adder.increment();
        System.out.println("promoted=" + promoted + " taken=" + before + " changed=" + changed + " sum=" + adder.sum()
                + " left=" + taken.sum() + " doubles=" + doubles.sumThenReset());
    }
}
