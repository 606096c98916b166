/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** What the HTTP server's clients ask, and must be answered. */
final class Checksums {
    static final int REQUESTS = 64;

    private static final int LONGEST = 300_000;

    private Checksums() {}

    static void check(Client client) throws Exception {
        Random random = new Random(REQUESTS);
        List<byte[]> bodies = Stream.generate(() -> new byte[random.nextInt(LONGEST)])
                .limit(REQUESTS)
                .peek(random::nextBytes)
                .toList();
        List<String> expected = bodies.stream().map(Checksums::crc32).toList();
        assertThat(client.post("/crc32", bodies.stream())).isEqualTo(expected);
        long bytes = bodies.stream().mapToLong(body -> body.length).sum();
        assertThat(client.get("/figures")).startsWith("requests=" + REQUESTS + " bytes=" + bytes + " buffers=");
    }

    private static String crc32(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return "%08x%n".formatted(crc.getValue());
    }
}
