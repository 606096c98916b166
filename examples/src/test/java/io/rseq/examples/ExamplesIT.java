/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.rseq.sample.Jdks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples as a user runs them: by the commands of their READMEs, under the agent that their builds copied. */
class ExamplesIT {
    private static final int VIRTUAL_THREADS = 21;

    @TempDir
    Path logs;

    static List<Jdks.Jdk> jdks() {
        return Jdks.all();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void the_http_server_answers_each_request_and_counts_it_exactly(Jdks.Jdk jdk) throws Exception {
        Readme readme = Readme.of("http-server");
        try (Example server = Example.start(readme, jdk, logs, Map.of(), "0")) {
            int port = Integer.parseInt(server.await("port (\\d+), .* committer=sequences"));
            String threads = server.await("requests on a (\\w+)");
            assertThat(threads)
                    .isEqualTo(jdk.feature() >= VIRTUAL_THREADS ? "ThreadPerTaskExecutor" : "ThreadPoolExecutor");
            Checksums.check(new Client(port));
            if (Readme.canAsk()) assertThat(readme.ask(port)).contains("requests=" + (Checksums.REQUESTS + 1) + " ");
            server.stop();
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void micrometers_registry_shows_exactly_what_was_counted(Jdks.Jdk jdk) throws Exception {
        try (Example main = Example.start(Readme.of("micrometer"), jdk, logs, Map.of())) {
            String[] rounds = main.output().split("round \\d\n");
            assertThat(rounds).hasSize(3);
            assertThat(rounds[1]).contains("prices.lookups count=1000000.0 ", "prices.unknown count=1000.0\n");
            assertThat(rounds[2]).contains("prices.lookups count=2000000.0 ", "prices.unknown count=2000.0\n");
            assertThat(rounds[2]).contains("phi=0.99 value=", "rseq.registered count=");
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void spring_boots_actuator_shows_exactly_what_was_counted(Jdks.Jdk jdk) throws Exception {
        Readme readme = Readme.of("spring-boot");
        int requests = 16;
        int durations = 5_000;
        String lines = LongStream.rangeClosed(1, durations)
                .mapToObj(Long::toString)
                .collect(Collectors.joining("\n", "", "\nno number\n"));
        double seconds = requests * (durations * (durations + 1L) / 2) * 1e-6;
        try (Example service = Example.start(readme, jdk, logs, Map.of("SERVER_PORT", "0"))) {
            int port = Integer.parseInt(service.await("Tomcat started on port (\\d+)"));
            Client client = new Client(port);
            client.post(
                    "/durations",
                    IntStream.range(0, requests).mapToObj(request -> lines.getBytes(StandardCharsets.US_ASCII)));
            String page = client.get("/actuator/prometheus");
            assertThat(value(page, "durations_seconds_count")).isEqualTo(requests * durations);
            // A histogram of 2 digits sums up the middles of its buckets.
            assertThat(value(page, "durations_seconds_sum")).isCloseTo(seconds, withinPercentage(1));
            assertThat(value(page, "durations_rejected_total")).isEqualTo(requests);
            assertThat(client.get("/actuator/metrics/durations.rejected")).contains("\"value\":" + requests + ".0");
            if (Readme.canAsk()) assertThat(readme.ask(port)).contains("durations_percentile_seconds{phi=\"0.99\"}");
            service.stop();
        }
    }

    private static double value(String page, String metric) {
        return page.lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(metric + " is not in " + page));
    }
}
