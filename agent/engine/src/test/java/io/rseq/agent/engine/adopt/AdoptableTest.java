/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class AdoptableTest {
    @Test
    void a_class_that_looks_as_expected_is_named_with_its_adoption() throws IOException {
        assertThat(Adoptable.line(file(LongAdder.class)))
                .isEqualTo("adopt=adders reroutes java.util.concurrent.atomic.LongAdder");
    }

    @Test
    void one_that_looks_otherwise_is_named_with_the_reason() throws Exception {
        assertThat(Adoptable.line(Adders.Rewriter.rewrite(Adders.Kind.LONG, file(LongAdder.class))))
                .startsWith("adopt=adders leaves java.util.concurrent.atomic.LongAdder as it is: ")
                .hasSizeGreaterThan(80);
    }

    @Test
    void other_classes_and_what_is_none_have_no_line() throws IOException {
        assertThat(Adoptable.line(file(String.class))).isNull();
        assertThat(Adoptable.line(file(AdoptableTest.class))).isNull();
        assertThat(Adoptable.line(new byte[] {1, 2, 3})).isNull();
    }

    private static byte[] file(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }
}
