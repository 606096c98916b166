/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void elsewhere_than_on_a_terminal_there_is_a_line_for_every_tenth() {
        assertThat(shown(false, 1234).lines())
                .hasSize(10)
                .startsWith(" 10 % of the load, 124 of 1,234 requests")
                .endsWith("100 % of the load, 1,234 of 1,234 requests");
    }

    @Test
    void on_a_terminal_one_line_is_written_over_and_ended_once() {
        String shown = shown(true, 1234);
        assertThat(shown).endsWith("\r100 % of the load, 1,234 of 1,234 requests" + System.lineSeparator());
        assertThat(shown.chars().filter(c -> c == '\r').count()).isEqualTo(100);
        assertThat(shown.lines().filter(line -> !line.isEmpty())).hasSize(100);
    }

    @Test
    void fewer_steps_than_tenths_show_each_once() {
        assertThat(shown(false, 3).lines()).hasSize(3);
    }

    private String shown(boolean terminal, int total) {
        Progress progress = new Progress(new PrintStream(bytes, true), terminal, total);
        for (int i = 0; i < total; i++) progress.step();
        progress.end();
        return bytes.toString();
    }
}
