/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rseq.sample.Metrics;
import io.rseq.sample.PerCpuMetrics;
import io.rseq.sample.Service;
import io.rseq.sample.UsualMetrics;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
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
        Metrics metrics = new UsualMetrics();
        Side side = new Side(metrics);
        try (Service service = Service.open(0, side.metrics());
                Load load = new Load(service.uri("/hash"), 3)) {
            side.add(load.run(REQUESTS, inAMinute(), silent));
        }
        metrics.served(-1, 1);
        assertThat(side.faults())
                .containsExactly(
                        metrics.name() + ": recorded=201 but served=200",
                        metrics.name() + ": bytes counted=204799 but received=204800");
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
        Side side = new Side(new UsualMetrics());
        URI uri = URI.create("http://127.0.0.1:" + liar.getAddress().getPort() + "/hash");
        try (Load load = new Load(uri, 2)) {
            side.add(load.run(REQUESTS, inAMinute(), silent));
        } finally {
            liar.stop(0);
        }
        assertThat(side.load().answered()).isZero();
        assertThat(side.load().failed()).isEqualTo(2);
        assertThat(side.load().failure()).isEqualTo("answer 'lie'");
    }

    @Test
    void a_request_that_its_client_gave_up_on_and_the_service_counted_is_no_fault() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch gaveUp = new CountDownLatch(1);
        Metrics metrics = new UsualMetrics();
        Side side = new Side((Metrics) Proxy.newProxyInstance(
                Metrics.class.getClassLoader(), new Class<?>[] {Metrics.class}, (proxy, method, values) -> {
                    if (method.getName().equals("served")) {
                        arrived.countDown();
                        gaveUp.await();
                    }
                    return method.invoke(metrics, values);
                }));
        Load.Result result;
        try (Service service = Service.open(0, side.metrics());
                Load load = new Load(service.uri("/hash"), 1, 100)) {
            result = load.run(1, inAMinute(), silent);
            arrived.await();
            gaveUp.countDown();
        }
        side.add(result);
        assertThat(result.answered()).isZero();
        assertThat(result.failed()).isEqualTo(1);
        assertThat(side.metrics().requests()).isEqualTo(1);
        assertThat(side.metrics().requestsWritten()).isEqualTo(1);
        assertThat(side.faults()).isEmpty();
    }

    @Test
    void nothing_is_sent_after_the_deadline() throws Exception {
        Side side = new Side(new UsualMetrics());
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
