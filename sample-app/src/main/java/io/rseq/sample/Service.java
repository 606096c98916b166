/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The service, on 127.0.0.1 alone: {@code POST /hash} answers with the SHA-256 of what was sent, {@code GET /stats} with the metrics so
 * far. A request is recorded before its answer leaves, so a client that has an answer finds it counted.
 */
final class Service implements AutoCloseable {
    static final int MAX_PAYLOAD = 1 << 20;

    private static final int STOP_SECONDS = 5;
    private static final int HASHERS_PER_CPU = 32;

    private final HttpServer server;
    private final RequestThreads threads;
    private final Traffic traffic = new Traffic();
    private final PerCpuPool<Hasher> hashers =
            PerCpuPool.builder(Hasher::new).capacityPerCpu(HASHERS_PER_CPU).build();
    private volatile RequestMetrics metrics;

    private Service(HttpServer server, RequestThreads threads, RequestMetrics metrics) {
        this.server = server;
        this.threads = threads;
        this.metrics = metrics;
    }

    /** Port 0: any free one. */
    static Service open(int port, RequestMetrics metrics) throws IOException {
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

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    String threadKind() {
        return threads.kind();
    }

    /** All that was served, whatever {@link #use} said. */
    Traffic traffic() {
        return traffic;
    }

    /** How many hashers all requests together needed. */
    long hashersMade() {
        return hashers.created();
    }

    /** From the next request on. */
    void use(RequestMetrics next) {
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

    /** Hexadecimal SHA-256. */
    static String digest(byte[] payload) {
        Hasher hasher = new Hasher();
        try {
            hasher.read(new ByteArrayInputStream(payload), payload.length);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return hasher.hex();
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
            RequestMetrics current = metrics;
            current.received(received);
            long elapsed = System.nanoTime() - start;
            current.record(elapsed);
            traffic.served(received, elapsed);
            answer(exchange, 200, "text/plain", digest);
        }
    }

    private void stats(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (accepts(exchange, "GET")) answer(exchange, 200, "application/json", LiveStats.json(metrics));
        }
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
