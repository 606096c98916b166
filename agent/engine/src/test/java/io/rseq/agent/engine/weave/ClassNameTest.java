/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassNameTest {
    @Test
    void it_is_the_one_that_the_class_file_gives() throws IOException {
        for (Class<?> type : new Class<?>[] {Annotated.class, Math.class, Map.Entry.class, ClassWeaver.class})
            assertThat(ClassName.in(PrefilterTest.file(type)))
                    .isEqualTo(type.getName().replace('.', '/'));
    }

    @Test
    void what_is_no_class_file_or_not_the_whole_of_its_constants_has_none() throws IOException {
        byte[] good = PrefilterTest.file(Annotated.class);
        assertThat(ClassName.in(new byte[0])).isNull();
        assertThat(ClassName.in(Arrays.copyOfRange(good, 1, good.length))).isNull();
        for (int length = 0; length < 200; length++)
            assertThat(ClassName.in(Arrays.copyOf(good, length))).isNull();
    }

    @Test
    void garbage_is_never_an_exception() throws IOException {
        Random random = new Random(42);
        byte[] good = PrefilterTest.file(Annotated.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            for (int j = 0; j < 3 && bad.length > 8; j++)
                bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt();
            ClassName.in(bad);
        }
    }
}
