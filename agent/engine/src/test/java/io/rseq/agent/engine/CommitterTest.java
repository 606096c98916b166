/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitterTest {
    private static final String VM = "OpenJDK 64-Bit Server VM";

    @Test
    void each_jdk_has_one_committer_without_thread_state_transition_or_none() {
        assertThat(Committer.best(17, VM, false)).isEqualTo(Committer.CRITICAL_JNI);
        for (int between = 18; between <= 20; between++)
            assertThat(Committer.best(between, VM, false)).isEqualTo(Committer.ATOMIC);
        assertThat(Committer.best(21, VM, false)).isEqualTo(Committer.FFM_TRIVIAL);
        for (int later = 22; later <= 30; later++)
            assertThat(Committer.best(later, VM, false)).isEqualTo(Committer.FFM_CRITICAL);
    }

    @Test
    void an_interpreter_makes_no_critical_natives_but_links_downcalls() {
        assertThat(Committer.best(17, VM, true)).isEqualTo(Committer.ATOMIC);
        assertThat(Committer.best(21, VM, true)).isEqualTo(Committer.FFM_TRIVIAL);
        assertThat(Committer.best(25, VM, true)).isEqualTo(Committer.FFM_CRITICAL);
    }

    @Test
    void zero_has_no_committer_but_atomic() {
        for (int feature = 17; feature <= 30; feature++)
            assertThat(Committer.best(feature, "OpenJDK 64-Bit Zero VM", true)).isEqualTo(Committer.ATOMIC);
    }

    @Test
    void the_option_takes_the_words_of_the_start_line() {
        assertThat(Committer.words()).containsExactly("auto", "ffm-critical", "ffm-trivial", "critical-jni", "atomic");
        Options options = Options.of("committer=Critical-JNI", Map.of(), Map.of());
        assertThat(options.committer()).isEqualTo(Committer.CRITICAL_JNI);
        assertThat(options.warnings()).isEmpty();
    }
}
