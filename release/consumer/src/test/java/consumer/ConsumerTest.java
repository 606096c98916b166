/* SPDX-License-Identifier: Apache-2.0 */
package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.PerCpu;
import io.rseq.PerCpuCounter;
import org.junit.jupiter.api.Test;

/** An application's test, under JaCoCo's agent and ours. */
class ConsumerTest {
    private static final int PASSED = -7;

    private int index = PASSED;

    @Test
    void structures_count_under_the_agent() {
        PerCpuCounter counter = new PerCpuCounter();
        for (int i = 0; i < 1000; i++) counter.increment();
        assertEquals(1000, counter.sum());
        assertTrue(Cpus.support().toString().startsWith("agent=loaded "), Cpus.support().toString());
    }

    @Test
    void annotated_methods_get_an_index() {
        count(PASSED);
        assertTrue(index >= 0 && index < Cpus.count(), "index " + index);
    }

    @PerCpu
    void count(@CpuIndex int cpu) {
        index = cpu;
    }
}
