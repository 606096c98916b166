/* SPDX-License-Identifier: Apache-2.0 */
package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rseq.Cpus;
import io.rseq.Lease;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuPool;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;

/** Answers {@code POST /crc32} with the checksum of the body, and {@code GET /figures} with what was counted. */
public final class Server {
    private static final int BUFFER = 64 * 1024;

    private final PerCpuCounter requests = new PerCpuCounter();
    private final PerCpuCounter bytes = new PerCpuCounter();

    /** A virtual thread reads into a buffer of the CPU that it runs on; there are as many buffers as requests at once, not as threads. */
    private final PerCpuPool<byte[]> buffers =
            PerCpuPool.builder(() -> new byte[BUFFER]).capacityPerCpu(16).build();

    public static void main(String[] arguments) throws IOException {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8080;
        Server server = new Server();
        HttpServer http = HttpServer.create(new InetSocketAddress(port), 0);
        ExecutorService threads = requestThreads();
        http.setExecutor(threads);
        http.createContext("/crc32", exchange -> answer(exchange, server.checksum(exchange.getRequestBody())));
        http.createContext("/figures", exchange -> answer(exchange, server.figures()));
        http.start();
        System.out.println("requests on a " + threads.getClass().getSimpleName());
        System.out.println("port " + http.getAddress().getPort() + ", " + Cpus.support());
    }

    private String checksum(InputStream body) throws IOException {
        CRC32 crc = new CRC32();
        try (Lease<byte[]> lease = buffers.lease()) {
            byte[] buffer = lease.get();
            for (int read; (read = body.read(buffer)) >= 0; ) {
                crc.update(buffer, 0, read);
                bytes.add(read);
            }
        }
        requests.increment();
        return "%08x%n".formatted(crc.getValue());
    }

    private String figures() {
        return "requests=%d bytes=%d buffers=%d%n".formatted(requests.sum(), bytes.sum(), buffers.created());
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** A virtual thread for each request from JDK 21 on. If you compile for 21, call the method as any other. */
    private static ExecutorService requestThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException before21) {
            return Executors.newCachedThreadPool();
        }
    }
}
