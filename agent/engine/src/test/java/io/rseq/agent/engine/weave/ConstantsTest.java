/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Cpus;
import io.rseq.internal.Hook;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConstantsTest {
    @Test
    void a_class_that_bears_an_annotation_of_ours_concerns_us() throws IOException {
        assertThat(Constants.concernUs(file(Annotated.class))).isTrue();
        assertThat(Constants.concernUs(file(Hook.class))).isTrue();
    }

    @Test
    void a_class_that_only_uses_the_api_does_not() throws IOException {
        assertThat(Constants.concernUs(file(Cpus.class))).isFalse();
        assertThat(Constants.concernUs(file(String.class))).isFalse();
    }

    /** Long and Double constants take two entries of the pool; Annotated has both. */
    @Test
    void it_agrees_with_a_search_of_all_bytes_on_every_class_of_this_test_run() throws IOException {
        for (Class<?> type :
                new Class<?>[] {Annotated.class, Arrays.class, Math.class, Random.class, ClassWeaver.class}) {
            byte[] file = file(type);
            boolean somewhere =
                    new String(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains("Lio/rseq/PerCpu;");
            assertThat(Constants.concernUs(file)).as(type.getName()).isEqualTo(somewhere && type == Annotated.class);
        }
    }

    @Test
    void garbage_is_none_of_ours_and_never_an_exception() throws IOException {
        Random random = new Random(42);
        byte[] good = file(Annotated.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            for (int j = 0; j < 3 && bad.length > 0; j++) bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            Constants.concernUs(bad);
        }
        assertThat(Constants.concernUs(new byte[0])).isFalse();
        assertThat(Constants.concernUs(new byte[] {1, 2, 3})).isFalse();
        byte[] endless = new byte[4096];
        endless[8] = endless[9] = (byte) 0xFF;
        assertThat(Constants.concernUs(endless)).isFalse();
    }

    @Test
    void the_name_is_the_one_that_the_class_file_gives() throws IOException {
        for (Class<?> type : new Class<?>[] {Annotated.class, Math.class, Map.Entry.class, ClassWeaver.class})
            assertThat(Constants.className(file(type))).isEqualTo(type.getName().replace('.', '/'));
    }

    @Test
    void what_is_no_class_file_or_not_the_whole_of_its_constants_has_no_name() throws IOException {
        byte[] good = file(Annotated.class);
        assertThat(Constants.className(new byte[0])).isNull();
        assertThat(Constants.className(Arrays.copyOfRange(good, 1, good.length)))
                .isNull();
        for (int length = 0; length < 200; length++)
            assertThat(Constants.className(Arrays.copyOf(good, length))).isNull();
    }

    @Test
    void the_name_of_garbage_is_never_an_exception() throws IOException {
        Random random = new Random(42);
        byte[] good = file(Annotated.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length));
            for (int j = 0; j < 3 && bad.length > 8; j++)
                bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt();
            Constants.className(bad);
        }
    }

    static byte[] file(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }
}
