/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final String START = "rseq: owner=glibc 2.36 reader=raw committer=sequences woven=0";
    private static final String MEMORY = "memory=256m is too much of what limits leave (ulimit -v or -d), using 16m";
    private static final String COMMITTER = "committer=sequences is not available here, using atomic: why";

    @Test
    void a_committer_that_is_not_the_best_is_found_alone_and_among_joined_warnings() {
        for (String warning : List.of(COMMITTER, MEMORY + "; " + COMMITTER, COMMITTER + "; " + MEMORY))
            assertThat(isWell("raw", warning)).as(warning).isFalse();
        assertThat(isWell("raw", MEMORY)).isTrue();
        assertThat(isWell("jni", MEMORY)).isFalse();
        assertThat(Doctor.isWell(Map.of("reader", "raw"), List.of(START))).isTrue();
    }

    private static boolean isWell(String reader, String warning) {
        return Doctor.isWell(Map.of("reader", reader), List.of(START, "rseq: WARN " + warning));
    }

    @Test
    void size_names_the_mode_where_the_kernel_has_two() {
        assertThat(Doctor.size("32", "7.1")).contains("mode legacy");
        assertThat(Doctor.size("28", "7.2")).contains("mode legacy");
        assertThat(Doctor.size("33", "7.2")).contains("mode V2");
        assertThat(Doctor.size("33", "8.0")).contains("mode V2");
        for (String kernel : new String[] {"6.18", "7.0", "", "?"})
            assertThat(Doctor.size("33", kernel)).doesNotContain("mode");
        assertThat(Doctor.size("0", "7.2")).doesNotContain("mode");
    }
}
