/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rseq.Cpus;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import io.rseq.Support;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The service, on 127.0.0.1 alone: {@code POST /hash} answers with the SHA-256 of what was sent, {@code GET /stats} with the metrics so far. A
 * request is recorded before its answer leaves, so a client that has an answer finds it counted.
 */
public final class Service implements AutoCloseable {
    static final int MAX_PAYLOAD = 1 << 20;

    private static final int STOP_SECONDS = 5;
    private static final int HASHERS_PER_CPU = 32;

    private final HttpServer server;
    private final RequestThreads threads;
    private final PerCpuPool<Hasher> hashers =
            PerCpuPool.builder(Hasher::new).capacityPerCpu(HASHERS_PER_CPU).build();
    private volatile Metrics metrics;

    private Service(HttpServer server, RequestThreads threads, Metrics metrics) {
        this.server = server;
        this.threads = threads;
        this.metrics = metrics;
    }

    /** Opens it on that port; 0: on any free one. */
    public static Service open(int port, Metrics metrics) throws IOException {
        // Headers and body leave in two writes; with Nagle's algorithm the second waits for the client's delayed
        // acknowledgement, 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null)
            System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 0);
        RequestThreads threads = RequestThreads.open();
        Service service = new Service(server, threads, metrics);
        server.setExecutor(threads.executor());
        server.createContext("/hash", service::hash);
        server.createContext("/stats", service::stats);
        server.start();
        return service;
    }

    /** Returns where that path is served. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Returns what threads requests run on. */
    public String threadKind() {
        return threads.kind();
    }

    /** Returns how many hashers all requests together needed. */
    public long hashersMade() {
        return hashers.created();
    }

    /** Records into {@code next} from the next request on. */
    public void use(Metrics next) {
        metrics = next;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.executor().shutdown();
        try {
            if (!threads.executor().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS))
                threads.executor().shutdownNow();
        } catch (InterruptedException hurry) {
            threads.executor().shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void hash(HttpExchange exchange) throws IOException {
        long start = System.nanoTime();
        try (exchange) {
            if (!accepts(exchange, "POST")) return;
            int received;
            String digest;
            try (Lease<Hasher> lease = hashers.lease();
                    InputStream in = exchange.getRequestBody()) {
                received = lease.get().read(in, MAX_PAYLOAD);
                digest = lease.get().hex();
            }
            if (received > MAX_PAYLOAD) {
                answer(exchange, 413, "text/plain", "at most " + MAX_PAYLOAD + " bytes\n");
                return;
            }
            metrics.served(received, System.nanoTime() - start);
            answer(exchange, 200, "text/plain", digest);
        }
    }

    private void stats(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (accepts(exchange, "GET")) answer(exchange, 200, "application/json", json(metrics, Cpus.support()));
        }
    }

    /* No string in it needs an escape. */
    private static String json(Metrics metrics, Support support) {
        return String.format(
                Locale.ROOT,
                "{\"agent\":%b,\"owner\":\"%s\",\"committer\":\"%s\",\"metrics\":\"%s\",\"requests\":%d,\"bytes\":%d,"
                        + "\"p50_ns\":%d,\"p99_ns\":%d,\"requests_by_cpu\":%s}\n",
                support.agent(),
                support.owner(),
                support.committer(),
                metrics.name(),
                metrics.requests(),
                metrics.bytes(),
                metrics.latency(50),
                metrics.latency(99),
                Arrays.toString(metrics.requestsByCpu()));
    }

    private static boolean accepts(HttpExchange exchange, String method) throws IOException {
        if (exchange.getRequestMethod().equals(method)) return true;
        exchange.getResponseHeaders().set("Allow", method);
        answer(exchange, 405, "text/plain", method + " only\n");
        return false;
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
