/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.LiveThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the log says of a thread is what the kernel holds for it: asked from outside, with ptrace(PTRACE_GET_RSEQ_CONFIGURATION). */
class KernelConfigurationIT {
    private static final int ENDING = 3;
    private static final int STAYING = 6;
    private static final int FORBIDDEN = 77;
    private static final int AREA_BYTES = 32;
    private static final Pattern REGISTERED = Pattern.compile(
            "rseq: DEBUG thread=(\\S+) tid=(\\d+) registered owner=(\\w+) refcount=1 area=(0x[0-9a-f]+)");

    @EveryAgentOwnedWorld
    void kernel_holds_the_area_that_the_log_names_for_every_live_thread(World world) {
        check(world);
    }

    @EveryGlibcOwnedWorld
    void kernel_holds_the_area_of_glibc_for_every_live_thread(World world) {
        check(world);
    }

    private static void check(World world) {
        String program = Fixture.program("rseq_configuration").toString();
        try (Running running = Launch.of(world, LiveThreads.class)
                .agent("log=debug")
                .arguments(ENDING, STAYING)
                .start()) {
            running.awaitOut("ready");
            for (int i = 0; i < STAYING; i++) running.awaitErr("thread=staying-" + i + " ");
            running.awaitErr("thread=main ");
            Map<Long, String> live = live(running.errSoFar(), world.owner());
            assertThat(live).hasSizeGreaterThan(STAYING);

            List<String> words = new ArrayList<>(List.of(program));
            live.keySet().forEach(thread -> words.add(thread.toString()));
            Outcome held = Command.of(words).run();
            assumeTrue(held.exitCode() != FORBIDDEN, () -> "ptrace is forbidden here: " + held.err());
            held.succeeded();
            List<String> wanted = new ArrayList<>();
            live.forEach((thread, area) -> wanted.add("tid=" + thread + " address=" + area + " length=" + AREA_BYTES
                    + " signature=" + (Machine.isX86() ? "0x53053053" : "0xd428bc00") + " flags=0"));
            assertThat(held.out()).containsExactlyElementsOf(wanted);
            words.set(
                    0,
                    Fixture.program(
                                    "of_the_page",
                                    Page.of("docs/ownership.md").blocks("c").get(0))
                            .toString());
            assertThat(Command.of(words).run().succeeded().out())
                    .isEqualTo(wanted.stream()
                            .map(line -> line.replace("address=", "area=").replace(" flags=0", ""))
                            .toList());

            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        }
    }

    /** The areas of the threads that were registered and not released. */
    private static Map<Long, String> live(List<String> lines, String owner) {
        Map<Long, String> live = new TreeMap<>();
        for (String line : lines) {
            Matcher matcher = REGISTERED.matcher(line);
            if (matcher.matches()) {
                assertThat(matcher.group(3)).isEqualTo(owner);
                live.put(Long.valueOf(matcher.group(2)), matcher.group(4));
            } else if (line.contains(" released ")) {
                live.remove(Long.valueOf(line.replaceFirst(".* tid=(\\d+) .*", "$1")));
            }
        }
        return live;
    }
}
