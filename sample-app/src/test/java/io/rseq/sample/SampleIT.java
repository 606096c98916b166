/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.Cpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The packed sample under the packed agent, as a user runs them. */
class SampleIT {
    private static final int VIRTUAL_THREADS = 21;
    private static final String[] SMALL = {"--requests", "500", "--clients", "4"};
    private static final String EXACT = "requests=500 recorded=500 bytes=512000, exact";

    @TempDir
    Path folder;

    static List<Jdks.Jdk> jdks() {
        return Jdks.all();
    }

    static Stream<Arguments> jdksWithGlibcOnAndOff() {
        return jdks().stream().flatMap(jdk -> Stream.of(true, false).map(on -> Arguments.of(jdk, on)));
    }

    @ParameterizedTest(name = "{0}, registration by glibc: {1}")
    @MethodSource("jdksWithGlibcOnAndOff")
    void under_the_agent_totals_are_exact_and_the_owner_is_said(Jdks.Jdk jdk, boolean glibc) throws Exception {
        SampleRun run = SampleRun.on(jdk)
                .underTheAgent()
                .registrationByGlibc(glibc)
                .with(SMALL)
                .start(folder);
        String owner = glibc && glibcRegisters() ? "glibc" : "agent";
        assertCleanAndExact(run, jdk);
        assertThat(run.out())
                .contains("support   agent=loaded owner=" + owner)
                .contains("served by owner=" + owner + " reader=raw: each request is counted in the slot of its CPU");
        assertThat(run.out())
                .contains("GET /stats after the load: {\"agent\":true,\"owner\":\"" + owner
                        + "\",\"committer\":\"sequences\","
                        + "\"metrics\":\"PerCpuCounter, PerCpuHistogram\",\"requests\":500,\"bytes\":512000,");
        assertThat(run.err()).contains("rseq: owner=" + owner, " reader=raw ");
        assertThat(run.err().lines().filter(line -> line.startsWith("rseq: exit ")))
                .singleElement()
                .asString()
                .contains(" owner." + owner + "=", " refused=0 ", " dropped=0 ", " woven=1 unwoven=0");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void without_the_agent_every_request_is_counted_in_slot_0_and_totals_are_exact(Jdks.Jdk jdk) throws Exception {
        SampleRun run = SampleRun.on(jdk).with(SMALL).start(folder);
        assertCleanAndExact(run, jdk);
        assertThat(run.recordedIn(0)).isEqualTo(500);
        assertThat(run.out()).contains("support   agent=none ", "served by owner=none reader=none: no agent");
        assertThat(run.err()).doesNotContain("rseq: ");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void under_taskset_to_one_cpu_every_request_is_counted_in_its_slot(Jdks.Jdk jdk) throws Exception {
        int cpu = lastAllowedCpu();
        assumeTrue(cpu > 0, "slot 0 is where records land without the agent: another CPU is needed");
        SampleRun run = SampleRun.on(jdk)
                .behind("taskset", "-c", Integer.toString(cpu))
                .underTheAgent()
                .with(SMALL)
                .start(folder);
        assertCleanAndExact(run, jdk);
        assertThat(run.recordedIn(cpu)).isEqualTo(500);
    }

    @Test
    void duration_ends_the_load_early_with_exact_totals() throws Exception {
        SampleRun run = SampleRun.on(jdks().get(0))
                .underTheAgent()
                .with("--requests", "10000000", "--duration", "2")
                .start(folder);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("stopped   --duration was over before --requests were sent");
        assertThat(run.out().lines().filter(line -> line.startsWith("totals ") && line.endsWith(", exact")))
                .hasSize(3);
    }

    @Test
    void totals_stay_exact_when_the_process_is_stopped_for_longer_than_its_clients_wait() throws Exception {
        SampleRun run = SampleRun.on(jdks().get(0))
                .underTheAgent()
                .jvm("-Dsample.patience.millis=300")
                .stoppedFor(1_000)
                .with("--requests", "4000", "--clients", "16")
                .start(folder);
        assertThat(run.out().lines().filter(line -> line.startsWith("WRONG"))).isEmpty();
        assertThat(run.out().lines().filter(line -> line.startsWith("totals ") && line.endsWith(", exact")))
                .hasSize(3);
        boolean failed = run.out().lines().anyMatch(line -> line.startsWith("FAILED"));
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(failed ? 1 : 0);
    }

    @Test
    void a_port_that_is_taken_is_one_line_and_exit_code_1() throws Exception {
        try (Service taken = Service.open(0, new UsualMetrics())) {
            int port = taken.uri("/").getPort();
            SampleRun run = SampleRun.on(jdks().get(0))
                    .with("--port", Integer.toString(port))
                    .start(folder);
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:" + port + " can't be listened on");
        }
    }

    @Test
    void wrong_options_are_one_line_and_exit_code_2() throws Exception {
        SampleRun run = SampleRun.on(jdks().get(0)).with("--clients", "none").start(folder);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("--clients");
    }

    /** README.md begins with it. What it runs is built; it takes what is newer than all sources, as the two jars are here, for up to date. */
    @Test
    void run_sample_sh_runs_what_is_built_under_the_agent() throws Exception {
        Path root = Path.of("..").toRealPath();
        String line = Files.readAllLines(root.resolve("README.md")).stream()
                .map(String::strip)
                .filter(each -> each.startsWith("./run-sample.sh "))
                .findFirst()
                .orElseThrow();
        for (String jar : new String[] {"agent/target/rseq-agent.jar", "sample-app/target/rseq-sample-app.jar"})
            Files.setLastModifiedTime(root.resolve(jar), FileTime.from(Instant.now()));
        Path said = folder.resolve("said");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", line.split(" ")[0] + " --help")
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        shell.environment().keySet().removeIf(name -> name.startsWith("RSEQ_"));
        shell.environment().put("JAVA_HOME", jdks().get(0).home().toString());
        int exitCode = shell.start().waitFor();
        assertThat(exitCode).as(Files.readString(said)).isZero();
        assertThat(Files.readAllLines(said))
                .anyMatch(each -> each.startsWith("rseq: owner="))
                .anyMatch(each -> each.contains("--clients"))
                .noneMatch(each -> each.startsWith("rseq: building "));
    }

    private static void assertCleanAndExact(SampleRun run, Jdks.Jdk jdk) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.err().lines()).noneMatch(line -> line.startsWith("WARNING") || line.startsWith("rseq: WARN"));
        assertThat(run.out().lines().filter(line -> line.endsWith(EXACT))).hasSize(2);
        assertThat(run.recorded()).isEqualTo(500);
        // two sides, and a warm-up of a half of each
        assertThat(run.out()).contains("all parts: answered=1500 served=1500, exact");
        assertThat(run.out())
                .contains(jdk.feature() >= VIRTUAL_THREADS ? "request threads: virtual" : "request threads: platform");
    }

    /** glibc registers its threads from 2.35 on; {@code getconf} says "glibc 2.36". */
    private static boolean glibcRegisters() throws IOException, InterruptedException {
        Process getconf = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start();
        String said = new String(getconf.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
        assertThat(getconf.waitFor()).isZero();
        String[] version = said.replace("glibc ", "").split("\\.");
        int major = Integer.parseInt(version[0]);
        return major > 2 || major == 2 && Integer.parseInt(version[1]) >= 35;
    }

    private static int lastAllowedCpu() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String list = lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .findFirst()
                    .orElseThrow();
            int cpu = Integer.parseInt(list.replaceAll(".*[^0-9]", ""));
            assertThat(cpu).isLessThan(Cpus.count());
            return cpu;
        }
    }
}
