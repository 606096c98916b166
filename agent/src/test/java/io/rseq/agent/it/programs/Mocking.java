/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;

/** A test with Mockito's mocks of woven classes: what they are passed, verify and stub by, while threads move between CPUs. */
public final class Mocking {
    private static final int ROUNDS = 300;
    private static final int PASSED = -7;

    /** What is mocked. */
    public static class Target {
        @PerCpu
        public int woven(long nanos, @CpuIndex int cpu) {
            return cpu;
        }
    }

    private Mocking() {}

    /** The mock maker's name; with a second argument it makes a mock, says so, and waits for a byte of its input before all else. */
    public static void main(String[] arguments) throws IOException {
        String maker = arguments[0];
        if (arguments.length > 1) {
            mock(maker, new TreeSet<>());
            System.out.println("ready");
            System.in.read();
        }
        Set<Integer> seen = new TreeSet<>();
        int verified = 0;
        int stubbed = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Target mock = mock(maker, seen);
            mock.woven(i, PASSED);
            verified += verifies(mock, i);
            Mockito.when(mock.woven(ArgumentMatchers.anyLong(), ArgumentMatchers.eq(PASSED)))
                    .thenReturn(42);
            stubbed += mock.woven(i, PASSED) == 42 ? 1 : 0;
        }
        System.out.println("seen=" + seen);
        System.out.println("verified=" + verified);
        System.out.println("stubbed=" + stubbed);
        System.out.println("real=" + new Target().woven(0, PASSED));
    }

    private static Target mock(String maker, Set<Integer> seen) {
        return Mockito.mock(
                Target.class, Mockito.withSettings().mockMaker(maker).defaultAnswer(call -> {
                    int cpu = call.getArgument(1);
                    if (cpu != 0) seen.add(cpu); // a matcher's place is taken by 0
                    return 0;
                }));
    }

    private static int verifies(Target mock, int nanos) {
        try {
            Mockito.verify(mock).woven(nanos, PASSED);
            return 1;
        } catch (AssertionError differs) {
            return 0;
        }
    }
}
