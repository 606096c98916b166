/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Compilers put annotated methods without an index beside a woven one, to pass default arguments to it. A person's mistake looks otherwise. */
class ForwardersTest {
    private static final class Forwarding {
        @PerCpu
        Forwarding(@CpuIndex int cpu) {}

        @PerCpu
        Forwarding() {
            this(0);
        }

        @PerCpu
        int of(int a, @CpuIndex int cpu) {
            return a + cpu;
        }

        @PerCpu
        int of(int a) {
            return of(a, 0);
        }
    }

    private static final class Mistaken {
        @PerCpu
        int recursive(int depth) {
            return depth == 0 ? 0 : recursive(depth - 1);
        }

        @PerCpu
        int of(int a) {
            return of(a, 0);
        }

        int of(int a, int cpu) {
            return a + cpu;
        }

        @PerCpu
        int other(@CpuIndex int cpu) {
            return of(cpu);
        }
    }

    @Test
    void a_method_without_an_index_that_calls_the_woven_one_of_its_name_is_not_refused() throws IOException {
        ClassWeaver weaver = new ClassWeaver(ConstantsTest.file(Forwarding.class));
        assertThat(weaver.refusals()).isEmpty();
        assertThat(weaver.perCpuMethods()).hasSize(2);
    }

    @Test
    void one_that_calls_itself_or_a_method_that_gets_no_index_is() throws IOException {
        ClassWeaver weaver = new ClassWeaver(ConstantsTest.file(Mistaken.class));
        assertThat(weaver.perCpuMethods()).hasSize(1);
        assertThat(weaver.refusals()).hasSize(2);
        assertThat(weaver.refusals().get(0)).contains("recursive(I)I", "add one");
        assertThat(weaver.refusals().get(1)).contains("of(I)I", "add one");
    }
}
