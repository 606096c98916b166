/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoctorTest {
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
