/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExclusionsTest {
    @Test
    void a_star_stands_for_any_characters_and_nothing_else_does() {
        assertThat(Exclusions.matches("a.B", "a.B")).isTrue();
        assertThat(Exclusions.matches("a.B", "a.Bc")).isFalse();
        assertThat(Exclusions.matches("a.*", "a.b.C$D")).isTrue();
        assertThat(Exclusions.matches("a.*", "b.a.C")).isFalse();
        assertThat(Exclusions.matches("*$Proxy", "a.C$Proxy")).isTrue();
        assertThat(Exclusions.matches("*$Proxy", "a.C$Proxy2")).isFalse();
        assertThat(Exclusions.matches("a*b*c", "abxbc")).isTrue();
        assertThat(Exclusions.matches("a*b*c", "acb")).isFalse();
        assertThat(Exclusions.matches("ab*ba", "aba")).isFalse();
        assertThat(Exclusions.matches("*", "")).isTrue();
        assertThat(Exclusions.matches("aXb", "a.b")).isFalse();
        assertThat(Exclusions.matches("a.b", "aXb")).isFalse();
    }

    @Test
    void the_users_patterns_and_the_names_that_generators_give_are_told_apart() {
        Exclusions exclusions = new Exclusions(List.of("app.*"));
        assertThat(exclusions.has("app.Metrics")).isTrue();
        assertThat(exclusions.has("other.Metrics")).isFalse();
        assertThat(Exclusions.isGenerated("app.Metrics$MockitoMock$123")).isTrue();
        assertThat(Exclusions.isGenerated("app.Metrics")).isFalse();
    }
}
