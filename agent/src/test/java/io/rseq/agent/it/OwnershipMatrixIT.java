/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.Neighbour.Cell;
import io.rseq.agent.it.Neighbour.Way;
import io.rseq.agent.it.programs.Neighbours;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent beside every kind of library that uses rseq, however it comes into the process: docs/appendix-ownership.md, cell by cell. */
class OwnershipMatrixIT {
    private static final int FORBIDDEN = 77;
    private static final int EINVAL = 22;
    private static final OwnershipTable TABLE = new OwnershipTable();

    static List<Cell> cells() {
        return Neighbour.cells();
    }

    /** A run of some cells only leaves the page alone. */
    @AfterAll
    static void the_appendix_on_ownership_shows_what_was_seen() throws IOException {
        TABLE.write();
        if (TABLE.isWhole(Neighbour.cells())) TABLE.compare();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void agent_and_library_share_a_process(Cell cell) throws Exception {
        try (Running running = launch(cell).start()) {
            if (cell.way().attach) {
                running.awaitOut("loaded");
                AgentJar.attach(running.pid(), "log=debug");
                running.say("go");
            }
            running.awaitOut("ready");
            List<String> held = fromOutside(running);
            running.say("go");
            Outcome outcome = running.finish().succeeded();
            TABLE.add(cell, outcome);
            assertThat(outcome.startLine()).as(outcome.toString()).containsEntry("owner", cell.owner());
            for (String thread : List.of("main", "platform", "virtual")) {
                if (!thread.equals("virtual") || cell.world().jdk().hasVirtualThreads())
                    onThread(cell, thread, outcome);
            }
            assertThat(outcome.number("staying.outOfRange")).isZero();
            assertThat(outcome.number("native.errno"))
                    .as(outcome.toString())
                    .isEqualTo(cell.worksOnNativeThread() ? 0 : EINVAL);
            totals(outcome);
            outsideAgrees(cell, held, outcome);
        }
    }

    private static Launch launch(Cell cell) {
        String library = cell.neighbour().library().toString();
        Way way = cell.way();
        Launch launch = Launch.of(cell.world(), Neighbours.class)
                .agent("log=debug")
                .nativeAccess()
                .jvm(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC") // more than 100 processes: what they start with is what they cost
                .arguments(
                        Fixture.library("peer", cell.world().jdk()),
                        library,
                        way.word,
                        way.attach ? "attach" : "start",
                        cell.nativeFirst() ? "first" : "last");
        if (way == Way.PRELOADED) launch.environment("LD_PRELOAD", library);
        if (way.attach) launch.withoutAgent().jvm("-XX:+EnableDynamicAgentLoading");
        return launch;
    }

    private static void onThread(Cell cell, String thread, Outcome outcome) {
        String where = thread + " of " + outcome;
        String in = outcome.fact(thread + ".in");
        assertThat(outcome.number(thread + ".outOfRange")).as(where).isZero();
        assertThat(outcome.number(thread + ".lost"))
                .as("cpu_id < 0 while counted in, " + where)
                .isZero();
        if (cell.shares() || cell.standsAlone(thread)) {
            assertThat(in).as(where).contains("errno:0 ").contains(" cpu:ok ").endsWith("kernel:here");
            boolean gone = cell.unregistersUnderOthers();
            assertThat(outcome.fact(thread + ".cpuAfterwards")).as(where).isEqualTo(gone ? "negative" : "alive");
            String kept = gone && cell.standsAlone(thread) ? "kernel:nowhere" : "kernel:here";
            assertThat(outcome.fact(thread + ".after"))
                    .as(where)
                    .contains("errno:0 ")
                    .endsWith(kept);
        } else {
            String cpu = cell.neighbour().isTcmalloc() ? " cpu:-2 " : " cpu:-1 ";
            assertThat(in).as(where).contains("errno:22 ").contains(cpu).endsWith("kernel:elsewhere");
            assertThat(outcome.fact(thread + ".after")).as(where).endsWith("kernel:elsewhere");
        }
        if (cell.shares() && cell.neighbour().counts()) {
            // An old thread that the library registered is read by loads alone: the agent counts itself in when they
            // fail, not before.
            boolean early = thread.equals("main") && cell.way().attach;
            boolean agentCounts = !early || outcome.startLine().get("area").equals("per-thread");
            int count = (early ? 1 : 0) + (agentCounts ? 1 : 0) + 1;
            assertThat(Observed.of(in, "refcount")).as(where).isEqualTo(Integer.toString(count));
            assertThat(Observed.of(outcome.fact(thread + ".after"), "refcount"))
                    .as(where)
                    .isEqualTo(Integer.toString(count - 1));
        }
    }

    /** No more are counted out than in; its reregistered are those of the log; each kind of news is one WARN, however many threads had it. */
    private static void totals(Outcome outcome) {
        Map<String, String> exit = outcome.exitLine();
        assertThat(Integer.parseInt(exit.get("live"))).as(outcome.toString()).isNotNegative();
        assertThat(exit).containsEntry("dropped", "0");
        assertThat(outcome.agentLines().stream()
                        .filter(line -> line.contains(" reregistered "))
                        .count())
                .as(outcome.toString())
                .isEqualTo(Long.parseLong(exit.get("reregistered")));
        for (String news : List.of(" adopted ", " refused ", " reregistered ")) {
            assertThat(outcome.warnings().stream()
                            .filter(line -> line.contains(news))
                            .count())
                    .as(outcome.toString())
                    .isLessThanOrEqualTo(1);
        }
    }

    /** What the kernel holds for the threads that live, asked with ptrace; empty where that is forbidden. */
    private static List<String> fromOutside(Running running) {
        String main = running.awaitOut("main.tid=");
        String staying = running.awaitOut("staying.tid=");
        Outcome held = Command.of(Fixture.program("rseq_configuration").toString(), main, staying)
                .run();
        return held.exitCode() == FORBIDDEN ? List.of() : held.succeeded().out();
    }

    /** Inside and outside say the same of a thread: nothing, the library's area, or the one that the agent logged. */
    private static void outsideAgrees(Cell cell, List<String> held, Outcome outcome) {
        for (String line : held) {
            String words = line.replace('=', ':');
            String thread = Observed.of(words, "tid");
            String address = Observed.of(words, "address");
            boolean main = thread.equals(outcome.fact("main.tid"));
            String state = outcome.fact(main ? "main.after" : "staying.in");
            String what = line + " of " + outcome;
            switch (Observed.of(state, "kernel")) {
                case "here" -> assertThat(address).as(what).isEqualTo(Observed.of(state, "area"));
                case "nowhere" -> assertThat(address).as(what).isEqualTo("0x0");
                default ->
                    assertThat(address)
                            .as(what)
                            .isNotEqualTo(Observed.of(state, "area"))
                            .isNotEqualTo("0x0");
            }
            if (address.equals("0x0")) continue;
            assertThat(Observed.of(words, "length")).as(what).isEqualTo(length(cell, outcome));
            assertThat(Observed.of(words, "signature"))
                    .as(what)
                    .isEqualTo(Machine.isX86() ? "0x53053053" : "0xd428bc00");
            String logged = loggedArea(outcome, thread);
            boolean agents = !cell.standsAlone(main ? "main" : "platform");
            if (logged != null) assertThat(logged.equals(address)).as(what).isEqualTo(agents);
            // an old thread may be read by loads alone: nobody asked the agent
            assertThat(logged != null || main && cell.way().attach || !agents)
                    .as("logged, " + what)
                    .isTrue();
        }
    }

    /** From 2.41 on glibc registers as many bytes as the kernel fills in, where these are more than 32. Everybody else registers 32. */
    private static String length(Cell cell, Outcome outcome) {
        int filled = Integer.parseInt(outcome.startLine().get("size"));
        return Integer.toString(cell.world().glibc() ? Math.max(32, filled) : 32);
    }

    /** The last area that the agent says this thread was registered at; null: it says none. */
    private static String loggedArea(Outcome outcome, String thread) {
        String area = null;
        for (String line : outcome.agentLines()) {
            int at = line.indexOf(" area=0x");
            if (at >= 0 && line.contains(" tid=" + thread + " "))
                area = line.substring(at + 6).split(" ")[0];
        }
        return area;
    }
}
