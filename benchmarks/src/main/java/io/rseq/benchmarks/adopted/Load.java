/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.adopted;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * Sends orders to {@link Service} over connections that stay, at a rate, or as fast as they are answered (rate 0). A latency counts from when the
 * request was due, so what waits for others counts, too.
 */
public final class Load {
    private static final String BODY = "{\"id\":4711,\"customer\":\"a customer\",\"lines\":[{\"article\":\"a thing\","
            + "\"pieces\":3,\"price\":19.99},{\"article\":\"another\",\"pieces\":1,\"price\":5.0}]}";

    private final int port;
    private final int connections;
    private final Histogram latencies = new SynchronizedHistogram(10_000_000_000L, 3);
    private final AtomicLong failed = new AtomicLong();

    private Load(int port, int connections) {
        this.port = port;
        this.connections = connections;
    }

    /** Port, connections, requests a second, seconds to warm up, seconds to measure: prints what a request takes. */
    public static void main(String[] arguments) throws Exception {
        Load load = new Load(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        double rate = Double.parseDouble(arguments[2]);
        load.run(0, Integer.parseInt(arguments[3]) / 2);
        load.run(rate, Integer.parseInt(arguments[3]) / 2);
        load.latencies.reset();
        String[] before = load.used();
        long start = System.nanoTime();
        load.run(rate, Integer.parseInt(arguments[4]));
        double seconds = (System.nanoTime() - start) * 1e-9;
        String[] after = load.used();
        long requests = load.latencies.getTotalCount();
        System.out.printf(
                "requests/s %.0f cpu.us %.1f bytes %d p50.us %.0f p99.us %.0f p99.9.us %.0f failed %d%n",
                requests / seconds,
                (Long.parseLong(after[0]) - Long.parseLong(before[0])) * 1e-3 / requests,
                (Long.parseLong(after[1]) - Long.parseLong(before[1])) / requests,
                load.latencies.getValueAtPercentile(50) * 1e-3,
                load.latencies.getValueAtPercentile(99) * 1e-3,
                load.latencies.getValueAtPercentile(99.9) * 1e-3,
                load.failed.get());
    }

    private void run(double rate, int seconds) throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            double each = rate == 0 ? 0 : connections / rate * 1e9;
            double due = start + i * each / connections;
            Thread thread = new Thread(() -> send(due, each, start + seconds * 1_000_000_000L));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
    }

    private void send(double first, double each, long end) {
        byte[] request = request("POST /orders", BODY);
        try (Socket socket = connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (double due = first; ; due += each) {
                long now = System.nanoTime();
                if (now >= end) break;
                for (; now < due; now = System.nanoTime()) LockSupport.parkNanos((long) due - now);
                socket.getOutputStream().write(request);
                if (!answer(in).contains("64.97")) failed.incrementAndGet();
                latencies.recordValue(System.nanoTime() - (each == 0 ? now : (long) due));
            }
        } catch (IOException failure) {
            failed.incrementAndGet();
            failure.printStackTrace();
        }
    }

    private String[] used() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request("GET /used", ""));
            return answer(new BufferedInputStream(socket.getInputStream())).split(" ");
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static byte[] request(String what, String body) {
        return (what + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String answer(InputStream in) throws IOException {
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in))
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15))
                length = Integer.parseInt(line.substring(15).trim());
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException();
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }
}
