/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.engine.ownership.Owner;
import io.rseq.agent.engine.report.Log;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void without_any_the_defaults_hold() {
        Options options = Options.of("", Map.of(), Map.of());
        assertThat(options.warnings()).isEmpty();
        assertThat(options.log()).isEqualTo(Log.Level.INFO);
        assertThat(options.logFile()).isNull();
        assertThat(options.reader()).isEqualTo(Reader.AUTO);
        assertThat(options.committer()).isEqualTo(Committer.AUTO);
        assertThat(options.owner()).isNull();
        assertThat(options.export()).isTrue();
        assertThat(options.nativePath()).isNull();
        assertThat(options.memoryShift()).isZero();
    }

    @Test
    void memory_is_a_power_of_two_of_mebibytes_from_1_to_256() {
        for (int shift = 20; shift <= 28; shift++) {
            Options options =
                    Options.of("memory=" + (1 << shift - 20) + (shift % 2 == 0 ? "m" : "M"), Map.of(), Map.of());
            assertThat(options.memoryShift()).isEqualTo(shift);
            assertThat(options.warnings()).isEmpty();
        }
        for (String bad : new String[] {"0m", "512m", "64", "64k", "3m", "-1m"}) {
            Options options = Options.of("memory=" + bad, Map.of(), Map.of());
            assertThat(options.memoryShift()).isZero();
            assertThat(options.warnings()).singleElement().asString().contains("memory=" + bad, "Using auto");
        }
    }

    @Test
    void the_log_is_text_without_a_limit_unless_told_otherwise() {
        Options none = Options.of("", Map.of(), Map.of());
        assertThat(none.logsJson()).isFalse();
        assertThat(none.logMax()).isZero();
        Options told = Options.of("log.max=10m", Map.of(), Map.of("RSEQ_LOG_FORMAT", "JSON"));
        assertThat(told.logsJson()).isTrue();
        assertThat(told.logMax()).isEqualTo(10 << 20);
    }

    @Test
    void the_agents_own_win_over_properties_and_those_over_the_environment() {
        Map<String, String> properties = Map.of("rseq.log", "warn", "rseq.reader", "jni");
        Map<String, String> variables = Map.of("RSEQ_LOG", "off", "RSEQ_READER", "ffm", "RSEQ_LOG_FILE", "/f");
        Options options = Options.of("log=debug", properties, variables);
        assertThat(options.log()).isEqualTo(Log.Level.DEBUG);
        assertThat(options.reader()).isEqualTo(Reader.JNI);
        assertThat(options.logFile()).isEqualTo("/f");
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void an_empty_log_file_is_stderr_over_one_of_the_environment() {
        Options options = Options.of("log.file=", Map.of(), Map.of("RSEQ_LOG_FILE", "/f"));
        assertThat(options.logFile()).isNull();
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void any_other_empty_value_is_as_if_it_were_not_there() {
        Options options = Options.of(
                "native.path=,reader=,log= ",
                Map.of("rseq.log", "", "rseq.native.tmpdir", "", "rseq.reader", "jni"),
                Map.of("RSEQ_LOG", "warn", "RSEQ_OWNER", "", "RSEQ_NATIVE_TMPDIR", "/t"));
        assertThat(options.warnings()).isEmpty();
        assertThat(options.nativePath()).isNull();
        assertThat(options.nativeTmpdir()).isEqualTo("/t");
        assertThat(options.reader()).isEqualTo(Reader.JNI);
        assertThat(options.log()).isEqualTo(Log.Level.WARN);
        assertThat(options.owner()).isNull();
    }

    @Test
    void an_unknown_key_is_a_warning_with_the_nearest_match() {
        assertThat(Options.of("raeder=raw", Map.of(), Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("raeder", "did you mean 'reader'");
        assertThat(Options.of("", Map.of("rseq.natve.path", "x"), Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("-Drseq.natve.path", "did you mean 'native.path'");
    }

    @Test
    void an_unknown_value_is_a_warning_and_the_default_holds() {
        Options options = Options.of("log=debgu,owner=glibx,export=maybe", Map.of(), Map.of());
        assertThat(options.warnings()).hasSize(3);
        assertThat(options.warnings().get(0)).contains("log=debgu", "'debug'", "Using info");
        assertThat(options.warnings().get(1)).contains("owner=glibx", "'glibc'", "Using auto");
        assertThat(options.log()).isEqualTo(Log.Level.INFO);
        assertThat(options.owner()).isNull();
    }

    @Test
    void a_key_without_value_is_a_warning_that_names_the_keys() {
        assertThat(Options.of("debug", Map.of(), Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("'debug' has no value", "log.file");
    }

    @Test
    void an_owner_can_be_forced_and_the_export_switched_off() {
        Options options = Options.of("owner=agent, export=off ,", Map.of(), Map.of());
        assertThat(options.owner()).isEqualTo(Owner.AGENT);
        assertThat(options.export()).isFalse();
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void what_is_adopted_are_words_with_commas_or_colons_between() {
        assertThat(Options.of("", Map.of(), Map.of()).adopted()).isEmpty();
        for (String form :
                new String[] {"adopt=adders", "adopt=all", "adopt=none:Adders", "adopt=,adders", "adopt=adders:,adders"
                }) {
            Options options = Options.of(form + ",log=debug", Map.of(), Map.of());
            assertThat(options.adopted()).as(form).contains("adders").doesNotHaveDuplicates();
            assertThat(options.log()).isEqualTo(Log.Level.DEBUG);
            assertThat(options.warnings()).isEmpty();
        }
        Options property = Options.of("log=debug", Map.of("rseq.adopt", "none,adders"), Map.of("RSEQ_ADOPT", "none"));
        assertThat(property.adopted()).containsExactly("adders");
        assertThat(Options.of("adopt=adders,none", Map.of(), Map.of()).adopted())
                .isEmpty();
    }

    @Test
    void an_unknown_word_to_adopt_is_a_warning_with_the_nearest_match_and_the_others_hold() {
        Options options = Options.of("adopt=addres,adders", Map.of(), Map.of());
        assertThat(options.warnings()).singleElement().asString().contains("adopt=addres", "did you mean 'adders'");
        assertThat(options.adopted()).containsExactly("adders");
    }

    @Test
    void excluded_are_patterns_with_colons_between() {
        assertThat(Options.of("exclude=com.acme.*: *$Proxy:", Map.of(), Map.of())
                        .excluded())
                .containsExactly("com.acme.*", "*$Proxy");
        assertThat(Options.of("", Map.of(), Map.of()).excluded()).isEmpty();
    }
}
