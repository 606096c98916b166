/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FactsTest {
    @Test
    void a_word_without_equals_belongs_to_the_value_before_it() {
        assertThat(Facts.of("rseq: owner=glibc 2.36 size=20"))
                .containsEntry("owner", "glibc 2.36")
                .containsEntry("size", "20")
                .hasSize(2);
    }

    @Test
    void whole_numbers_are_numbers_but_in_a_threads_name() {
        assertThat(Facts.typed(Facts.of("thread=12 tid=12 kernel=6.18 area=0x7f")))
                .containsEntry("thread", "12")
                .containsEntry("tid", 12L)
                .containsEntry("kernel", "6.18")
                .containsEntry("area", "0x7f");
    }
}
