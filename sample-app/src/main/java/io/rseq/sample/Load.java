/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients: several threads that post payloads over kept-alive loopback connections and check every answer. Bounded in count and in
 * time. A client stops at its first failure; the others go on.
 */
final class Load implements AutoCloseable {
    static final int PAYLOAD = 1024;

    /* The property is for a test that stops the process for longer. */
    private static final int PATIENCE_MILLIS = Integer.getInteger("sample.patience.millis", 10_000);

    private final URL target;
    private final int clients;
    private final int patienceMillis;
    private final ExecutorService threads;

    Load(URI target, int clients) throws IOException {
        this(target, clients, PATIENCE_MILLIS);
    }

    Load(URI target, int clients, int patienceMillis) throws IOException {
        this.target = target.toURL();
        this.clients = clients;
        this.patienceMillis = patienceMillis;
        // The JDK keeps 5 idle connections to a host unless told, and reads this once: with more clients than that,
        // some reconnect each time.
        System.setProperty("http.maxConnections", Integer.toString(clients));
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(clients, work -> {
            Thread thread = new Thread(work, "client-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What came of it. {@code failure} is the first one, null when there was none. */
    record Result(long answered, long failed, String failure, long nanos) {
        static final Result NONE = new Result(0, 0, null, 0);

        Result plus(Result other) {
            return new Result(
                    answered + other.answered,
                    failed + other.failed,
                    failure == null ? other.failure : failure,
                    nanos + other.nanos);
        }

        double perSecond() {
            return nanos == 0 ? 0 : answered * 1e9 / nanos;
        }
    }

    /** Sends {@code requests}, or as many as can be sent before {@code deadline}, a {@link System#nanoTime}. */
    Result run(long requests, long deadline, Progress progress) throws InterruptedException {
        AtomicLong tickets = new AtomicLong(requests);
        List<Callable<Result>> work = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            byte[] payload = new byte[PAYLOAD];
            Arrays.fill(payload, (byte) client);
            work.add(() -> client(payload, tickets, deadline, progress));
        }
        long start = System.nanoTime();
        Result result = Result.NONE;
        for (Future<Result> each : threads.invokeAll(work)) result = result.plus(resultOf(each));
        return result.plus(new Result(0, 0, null, System.nanoTime() - start));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Result client(byte[] payload, AtomicLong tickets, long deadline, Progress progress) {
        String expected = Service.digest(payload);
        long answered = 0;
        while (System.nanoTime() - deadline < 0 && tickets.getAndDecrement() > 0) {
            try {
                String answer = post(payload);
                if (!answer.equals(expected)) return failure(answered, "answer '" + answer + "'");
            } catch (IOException broken) {
                return failure(answered, broken.toString());
            }
            answered++;
            progress.step();
        }
        return new Result(answered, 0, null, 0);
    }

    private String post(byte[] payload) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) target.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(patienceMillis);
        connection.setReadTimeout(patienceMillis);
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        connection.setFixedLengthStreamingMode(payload.length); // so that no request is silently sent twice
        try (OutputStream body = connection.getOutputStream()) {
            body.write(payload);
        }
        try (InputStream answer = connection.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Result failure(long answered, String why) {
        return new Result(answered, 1, why, 0);
    }

    private static Result resultOf(Future<Result> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            return failure(0, failure.getCause().toString());
        }
    }
}
