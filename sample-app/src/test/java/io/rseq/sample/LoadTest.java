/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static final long REQUESTS = 200;

    private final Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()), false, REQUESTS);

    @Test
    void every_request_is_answered_and_counted_once() throws Exception {
        Side side = new Side(new PerCpuMetrics());
        try (Service service = Service.open(0, side.metrics());
                Load load = new Load(service.uri("/hash"), 3)) {
            side.add(load.run(REQUESTS, inAMinute(), silent));
        }
        assertThat(side.load().answered()).isEqualTo(REQUESTS);
        assertThat(side.load().failure()).isNull();
        assertThat(side.faults()).isEmpty();
    }

    @Test
    void a_record_too_many_and_a_byte_too_few_are_faults() throws Exception {
        Side side = new Side(new JdkMetrics());
        try (Service service = Service.open(0, side.metrics());
                Load load = new Load(service.uri("/hash"), 3)) {
            side.add(load.run(REQUESTS, inAMinute(), silent));
        }
        side.metrics().record(1);
        side.metrics().received(-1);
        assertThat(side.faults())
                .containsExactly(
                        "plain JDK: recorded=201 but answered=200", "plain JDK: bytes counted=204799 but sent=204800");
    }

    @Test
    void a_wrong_answer_is_a_failure_of_its_client() throws Exception {
        HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        liar.createContext("/hash", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, 3);
                exchange.getResponseBody().write("lie".getBytes());
            }
        });
        liar.start();
        Side side = new Side(new JdkMetrics());
        URI uri = URI.create("http://127.0.0.1:" + liar.getAddress().getPort() + "/hash");
        try (Load load = new Load(uri, 2)) {
            side.add(load.run(REQUESTS, inAMinute(), silent));
        } finally {
            liar.stop(0);
        }
        assertThat(side.load().answered()).isZero();
        assertThat(side.faults()).containsExactly("plain JDK: clients that failed=2, first: answer 'lie'");
    }

    @Test
    void nothing_is_sent_after_the_deadline() throws Exception {
        Side side = new Side(new JdkMetrics());
        try (Service service = Service.open(0, side.metrics());
                Load load = new Load(service.uri("/hash"), 3)) {
            side.add(load.run(REQUESTS, System.nanoTime() - 1, silent));
        }
        assertThat(side.load().answered()).isZero();
        assertThat(side.faults()).isEmpty();
    }

    private static long inAMinute() {
        return System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    }
}
