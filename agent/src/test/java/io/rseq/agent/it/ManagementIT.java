/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.Managed;
import io.rseq.agent.it.programs.Named;
import io.rseq.agent.it.programs.Refused;
import io.rseq.agent.it.programs.Unmanaged;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The bean {@code io.rseq:type=Agent}: there for who has a platform MBean server, and no reason to make one. */
class ManagementIT {
    private static final int AT_EXIT = 6;
    private static final int OWNERS = 6;

    @EveryWorld
    void bean_says_what_the_log_says(World world) {
        check(world, Launch.of(world, Managed.class).jna().run()).hadNoWarning().hadNothingFromTheJvmOnStderr();
    }

    @EveryWorld
    void bean_counts_all_that_the_exit_line_counts(World world) {
        Outcome outcome = Launch.of(world, Managed.class)
                .jna()
                .arguments(Refused.class.getName())
                .run()
                .succeeded();
        Map<String, String> exit = outcome.exitLine();
        assertThat(exit).containsEntry("unwoven", "5");
        exit.forEach((key, value) -> assertThat(Long.parseLong(value))
                .as("%s of %s", key, outcome)
                // threads begin and end between the two; the one that lived when the bean was read may be gone
                .isBetween(
                        key.equals("live") ? 0 : outcome.number(attribute(key)),
                        outcome.number(attribute(key)) + AT_EXIT));
        assertThat(outcome.number("Unwoven")).isEqualTo(5);
        assertThat(outcome.out().stream().filter(line -> line.matches("Owner[A-Z][a-z]+=.*")))
                .as(outcome.toString())
                .hasSize(OWNERS)
                .filteredOn(line -> !line.endsWith("=0"))
                .singleElement()
                .matches(line -> line.startsWith(attribute("owner." + world.owner()) + "="));
        if (world.owner().equals("agent"))
            assertThat(outcome.number("SyscallsRegister")).isPositive();
    }

    @EveryJdk
    void bean_is_there_when_the_management_agent_made_the_server(World world) {
        check(
                world,
                Launch.of(world, Managed.class)
                        .jna()
                        .jvm("-Dcom.sun.management.jmxremote")
                        .run());
    }

    @EveryJdk
    void jmx_exporter_shows_the_bean_to_prometheus_as_the_page_says(World world) throws Exception {
        Path configuration = AgentJar.buildFolder().resolve("rseq.yaml");
        Files.writeString(
                configuration, Page.of("docs/operations.md").blocks("yaml").get(0));
        int port = freePort();
        Path exporter = AgentJar.buildFolder().resolveSibling("it-agents").resolve("jmx_prometheus_javaagent.jar");
        String command = Page.of("docs/operations.md").line("java -javaagent:rseq-agent.jar -javaagent:jmx_prometheus");
        String options = command.replaceFirst(".*jmx_prometheus_javaagent[.]jar=(\\S+) .*", "$1")
                .replace("9404", "127.0.0.1:" + port)
                .replace("rseq.yaml", configuration.toString());
        try (Running running =
                Launch.of(world, Named.class).andAgentJar(exporter, options).start()) {
            running.awaitOut("ready");
            String shown = scraped(port);
            while (!shown.contains("rseq_live")) shown = scraped(port); // the test's time limit ends this
            assertThat(shown)
                    .containsPattern("(?m)^rseq_registered_total [1-9]")
                    .containsPattern("(?m)^rseq_owner" + world.owner() + "_total [1-9]")
                    .containsPattern("(?m)^rseq_live [1-9]")
                    .contains("\nrseq_structure{figure=\"maxIdle\",structure=\"buffers\"} 5.0\n");
            running.say("");
            running.finish().succeeded().hadNoWarning();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String scraped(int port) throws IOException {
        try (InputStream answer = new URL("http://127.0.0.1:" + port + "/metrics").openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @EveryJdk
    void bean_is_there_when_the_server_was_before_the_agent(World world) {
        try (Running running = Launch.of(world, Managed.class)
                .jna()
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading")
                .arguments("attach")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attachFromCommandLine(world.jdk(), running.pid());
            running.say("go");
            // the woven class was loaded after the agent
            check(world, running.finish());
        }
    }

    @EveryJdk
    void jmx_is_not_started_in_an_application_that_does_not_use_it(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .jvm("-Xlog:class+load:stdout:none")
                .run()
                .succeeded();
        assertThat(outcome.out().stream().filter(line -> line.matches("(javax\\.management|com\\.sun\\.jmx)\\..*")))
                .isEmpty();
    }

    @EveryJdk
    void an_applications_own_server_is_left_alone_and_no_platform_server_made(World world) {
        Launch.of(world, Unmanaged.class)
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("servers=1")
                .printed("registered=false");
    }

    /** {@code owner.glibc} is {@code OwnerGlibc}. */
    private static String attribute(String key) {
        StringBuilder name = new StringBuilder();
        for (String word : key.split("\\."))
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        return name.toString();
    }

    private static Outcome check(World world, Outcome outcome) {
        outcome.succeeded().printed("Reader=raw").printed("Refused=0").printed("Restarts=0");
        outcome.printed("Committer=" + CommitterIT.committer(world.jdk()));
        assertThat(outcome.fact("Owner")).isEqualTo(world.owner());
        assertThat(outcome.fact("Description")).startsWith("owner=" + world.owner());
        assertThat(outcome.number("Registered")).isPositive();
        assertThat(outcome.number("Woven")).isPositive();
        assertThat(outcome.number("rows")).isPositive();
        assertThat(outcome.number("row.tid")).isEqualTo(outcome.number("tid"));
        assertThat(outcome.number("row.refcount")).isEqualTo(1);
        assertThat(outcome.fact("row.index")).isEqualTo("area");
        assertThat(outcome.fact("row.owner")).isEqualTo(world.owner());
        assertThat(outcome.fact("row.area")).matches("0x[0-9a-f]+");
        return outcome;
    }
}
