/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.FullAtFirst;
import io.rseq.agent.it.programs.FullHeap;
import io.rseq.agent.it.programs.FullHeapStorm;
import io.rseq.agent.it.programs.LostFrames;
import io.rseq.agent.it.programs.MadeStructures;
import io.rseq.agent.it.programs.SoftlyPooled;
import io.rseq.agent.it.programs.StackEnds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is left of a structure, and of the weaving, where a thread's stack or the heap came to its end meanwhile. */
class ScarcityIT {
    @EveryJdk
    void structures_are_whole_after_stacks_overflowed_in_them(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(Launch.of(world, StackEnds.class).agent("committer=" + committer));
        isWhole(Launch.of(world, StackEnds.class).withoutAgent());
        isWhole(Launch.of(world, StackEnds.class).jvm("-Xint"));
    }

    private static void isWhole(Launch launch) {
        launch.run()
                .succeeded()
                .printed("pools=whole")
                .printed("stacks=whole")
                .printed("buffers=whole")
                .printed("locks=whole")
                .printed("overflowed=true");
    }

    @EveryJdk
    void classes_that_a_full_heap_kept_from_being_woven_are_woven_when_there_is_heap(World world) {
        Outcome outcome = Launch.of(world, FullHeap.class)
                .jvm("-Xmx16m", "-XX:+UseSerialGC")
                .run()
                .succeeded()
                .printed("full.index=-7")
                .printed("full.agent=false")
                .printed("index=woven")
                .printed("agent=true")
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .printed("exact=true");
        String[][] losses = {
            {FullHeap.Late.class.getName(), "its @PerCpu methods keep the index that callers pass"},
            {"io.rseq.internal.Hook", "Cpus answers as without the agent"},
            {"io.rseq.internal.Commits", "structures commit atomically"},
        };
        for (String[] loss : losses) {
            String late = "rseq: WARN class " + loss[0] + " is not woven yet: Java heap space; until it is, " + loss[1];
            assertThat(outcome.agentLines()).containsOnlyOnce(late, "rseq: class " + loss[0] + " is woven now");
        }
        assertThat(outcome.exitLine()).containsEntry("unwoven", "0").containsEntry("woven", "1");
    }

    @EveryJdk
    void sequences_that_a_full_heap_kept_from_being_opened_are_opened_when_there_is_heap(World world) {
        Outcome outcome = Launch.of(world, FullAtFirst.class)
                .jvm("-Xmx16m", "-XX:+UseSerialGC")
                .run()
                .succeeded()
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .printed("exact=true");
        assertThat(outcome.out()).as("%s", outcome).noneMatch(line -> line.contains("at java.base/java.lang.$Rseq"));
        assertThat(outcome.warnings()).as("%s", outcome).noneMatch(line -> line.contains("entry=direct"));
    }

    /* One whose initializer meets a full heap is unusable from then on. */
    @EveryJdk
    void classes_that_only_rare_paths_use_are_initialized_with_the_structure(World world) throws IOException {
        Path log = AgentJar.buildFolder().resolve("initialized-" + world.jdk().version() + ".txt");
        Launch.of(world, MadeStructures.class)
                .jvm("-Xlog:class+init=info:file=" + log)
                .run()
                .succeeded()
                .printed("made=5");
        assertThat(Files.readString(log))
                .contains(
                        "Initializing 'io/rseq/RecordReader'",
                        "Initializing 'io/rseq/LeaseFields'",
                        "Initializing 'io/rseq/internal/HeapRing'",
                        "Initializing 'io/rseq/internal/StripedStack'",
                        "Initializing 'java/util/concurrent/ThreadLocalRandom'",
                        "Initializing 'java/util/concurrent/atomic/AtomicLongArray'",
                        "Initializing 'java/util/concurrent/atomic/Striped64$Cell'");
    }

    @EveryJdk
    void others_go_on_where_frames_went_in_the_middle_of_an_operation(World world) {
        for (Launch launch : new Launch[] {
            Launch.of(world, LostFrames.class),
            Launch.of(world, LostFrames.class).withoutAgent()
        }) {
            launch.jvm("-Xmx48m", "-XX:+UseSerialGC")
                    .run()
                    .succeeded()
                    .printed("stack.missing=0")
                    .printed("pool=whole")
                    .printed("buffer=whole")
                    .printed("lock=whole");
        }
    }

    @EveryJdk
    void what_idle_objects_hold_softly_goes_before_the_heap_is_full(World world) {
        for (String how : new String[] {"softly", "strongly"})
            Launch.of(world, SoftlyPooled.class)
                    .jvm("-Xmx64m", "-XX:+UseSerialGC")
                    .arguments(how)
                    .run()
                    .succeeded()
                    .printed("idle=512")
                    .printed("gotAll=" + how.equals("softly"))
                    .printed("again=65536")
                    .printed("kept=true");
    }

    @EveryJdk
    void nothing_comes_twice_and_nobody_waits_for_ever_in_a_storm_with_a_full_heap(World world) {
        for (Launch launch : new Launch[] {
            Launch.of(world, FullHeapStorm.class),
            Launch.of(world, FullHeapStorm.class).withoutAgent()
        }) {
            Outcome outcome =
                    launch.jvm("-Xmx16m", "-XX:+UseSerialGC").arguments(3).run().succeeded();
            outcome.printed("violations=0");
            assertThat(outcome.number("errors")).as(outcome.toString()).isPositive();
        }
    }
}
