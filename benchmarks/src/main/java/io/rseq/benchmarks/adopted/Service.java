/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.adopted;

import io.javalin.Javalin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.jetty12.server.TimedHandler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;

/**
 * A service as many are: Javalin over Jetty, a virtual thread for each request where there are such, Jackson for bodies, and Micrometer, which times
 * each request in Jetty and in the handler. It knows nothing of the agent or the API. {@code applications.sh} starts it.
 */
public final class Service {
    private static final Duration[] OBJECTIVES = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofSeconds(1)
    };

    private Service() {}

    public record Line(String article, int pieces, double price) {}

    public record Order(long id, String customer, List<Line> lines) {}

    public record Receipt(long id, String customer, int pieces, double total) {}

    /** A port of its own, which it prints. It ends with its input. */
    public static void main(String[] arguments) throws Exception {
        MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Timer orders =
                Timer.builder("orders").serviceLevelObjectives(OBJECTIVES).register(registry);
        Counter pieces = registry.counter("pieces");
        Javalin service = Javalin.create(config -> {
                    config.concurrency.useVirtualThreads = Runtime.version().feature() >= 21;
                    config.startup.showJavalinBanner = false;
                    config.jetty.modifyServer(server -> server.insertHandler(new TimedHandler(registry, Tags.empty())));
                    config.routes.post(
                            "/orders",
                            context -> orders.record(() -> {
                                Receipt receipt = receipt(context.bodyAsClass(Order.class));
                                pieces.increment(receipt.pieces());
                                context.json(receipt);
                            }));
                    config.routes.get("/used", context -> context.result(Used.now()));
                })
                .start("127.0.0.1", 0);
        System.out.println(service.port());
        while (System.in.read() >= 0) {}
        service.stop();
    }

    private static Receipt receipt(Order order) {
        int pieces = 0;
        double total = 0;
        for (Line line : order.lines()) {
            pieces += line.pieces();
            total += line.pieces() * line.price();
        }
        return new Receipt(order.id(), order.customer(), pieces, total);
    }
}
