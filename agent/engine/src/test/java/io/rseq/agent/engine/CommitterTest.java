/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitterTest {
    private static final String VM = "OpenJDK 64-Bit Server VM";

    @Test
    void jdk_17_and_those_from_21_on_have_a_way_into_sequences() {
        assertThat(Committer.best(17, VM)).isEqualTo(Committer.SEQUENCES);
        for (int between = 18; between <= 20; between++)
            assertThat(Committer.best(between, VM)).isEqualTo(Committer.ATOMIC);
        for (int later = 21; later <= 30; later++)
            assertThat(Committer.best(later, VM)).isEqualTo(Committer.SEQUENCES);
    }

    @Test
    void zero_has_no_committer_but_atomic() {
        for (int feature = 17; feature <= 30; feature++)
            assertThat(Committer.best(feature, "OpenJDK 64-Bit Zero VM")).isEqualTo(Committer.ATOMIC);
    }

    @Test
    void the_option_takes_the_words_of_the_start_line() {
        assertThat(Committer.words()).containsExactly("auto", "sequences", "atomic");
        Options options = Options.of("committer=Sequences", Map.of(), Map.of());
        assertThat(options.committer()).isEqualTo(Committer.SEQUENCES);
        assertThat(options.warnings()).isEmpty();
    }
}
