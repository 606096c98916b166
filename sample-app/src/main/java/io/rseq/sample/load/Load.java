/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
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

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

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

    /** What came of it. {@code failure} is the first one, null when there was none; {@code cpuNanos} is the CPU time of this process, clients and service. */
    record Result(long answered, long failed, String failure, long nanos, long cpuNanos) {
        static final Result NONE = new Result(0, 0, null, 0, 0);

        static Result of(long answered) {
            return new Result(answered, 0, null, 0, 0);
        }

        Result plus(Result other) {
            return new Result(
                    answered + other.answered,
                    failed + other.failed,
                    failure == null ? other.failure : failure,
                    nanos + other.nanos,
                    cpuNanos + other.cpuNanos);
        }

        double perSecond() {
            return nanos == 0 ? 0 : answered * 1e9 / nanos;
        }

        double cpuMicrosEach() {
            return answered == 0 ? 0 : cpuNanos / 1e3 / answered;
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
        long cpuStart = PROCESS.getProcessCpuTime();
        Result result = Result.NONE;
        for (Future<Result> each : threads.invokeAll(work)) result = result.plus(resultOf(each));
        return result.plus(new Result(0, 0, null, System.nanoTime() - start, PROCESS.getProcessCpuTime() - cpuStart));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Result client(byte[] payload, AtomicLong tickets, long deadline, Progress progress) {
        String expected = sha256(payload);
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
        return Result.of(answered);
    }

    private static String sha256(byte[] payload) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
        } catch (NoSuchAlgorithmException impossible) { // every Java platform has it
            throw new IllegalStateException(impossible);
        }
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
        return new Result(answered, 1, why, 0, 0);
    }

    private static Result resultOf(Future<Result> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            return failure(0, failure.getCause().toString());
        }
    }
}
