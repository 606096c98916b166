/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What {@code check} says of a class is what the agent does to it. */
class ClassReportTest {
    /** iload_0, ifne over itself, return. */
    private static final String CODE = "\u001a\u009a\u0000\u0003\u00b1";

    private static final byte NO_INSTRUCTION = (byte) 0xF0;

    @Test
    void what_is_woven_and_what_is_refused_is_told_apart() throws IOException {
        ClassReport report = ClassReport.of("Annotated.class", ConstantsTest.file(Annotated.class));
        assertThat(report.methods()).hasSize(4);
        assertThat(report.refusals()).hasSize(6);
    }

    @Test
    void a_method_that_assigns_its_index_in_a_loop_is_doubted() throws IOException {
        ClassReport report = ClassReport.of("Annotated.class", ConstantsTest.file(Annotated.class));
        assertThat(report.doubts())
                .singleElement()
                .asString()
                .contains("Annotated.loopFromTheFirstInstruction(I)I: it assigns its @CpuIndex parameter");
    }

    @Test
    void an_override_without_the_annotation_is_found_in_whatever_order_and_at_whatever_depth() throws IOException {
        Overrides overrides = new Overrides();
        for (Class<?> type : new Class<?>[] {Below.class, Between.class, Above.class})
            overrides.saw(ConstantsTest.file(type));
        overrides.saw(new byte[] {1, 2, 3});
        assertThat(overrides.found())
                .containsExactly(Below.class.getName() + ".of(I)I: overrides the @PerCpu method of "
                        + Above.class.getName() + " without the annotation; add it");
    }

    private static class Above {
        @PerCpu
        int of(@CpuIndex int cpu) {
            return cpu;
        }

        @PerCpu
        int annotatedBelow(@CpuIndex int cpu) {
            return cpu;
        }

        int notOurs(int cpu) {
            return cpu;
        }
    }

    private static class Between extends Above {
        @Override
        @PerCpu
        int annotatedBelow(@CpuIndex int cpu) {
            return cpu + 1;
        }
    }

    private static final class Below extends Between {
        @Override
        int of(int cpu) {
            return cpu;
        }

        @Override
        int notOurs(int cpu) {
            return cpu;
        }
    }

    @Test
    void a_method_that_would_be_too_large_is_refused() {
        ClassReport report = ClassReport.of("Generated.class", Generated.withCode("small", 0, "large", 65530));
        assertThat(report.methods()).containsExactly("Generated.small(I)V index=cpu");
        assertThat(report.refusals()).singleElement().asString().contains("Generated.large(I)V", "65539 bytes");
    }

    /** An instruction that there is not: it shows only when the code is read. */
    @Test
    void a_class_that_can_not_be_woven_is_refused_with_its_name_and_the_reason() {
        byte[] file = Generated.withCode("method", 0);
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(CODE);
        file[at + 1] = NO_INSTRUCTION;
        ClassReport report = ClassReport.of("lib/Generated.class", file);
        assertThat(report.methods()).isEmpty();
        assertThat(report.refusals())
                .singleElement()
                .asString()
                .isEqualTo("class lib/Generated.class: IllegalArgumentException");
    }
}
