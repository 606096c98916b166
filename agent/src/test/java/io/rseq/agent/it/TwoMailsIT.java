/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.TwoMails;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Several libraries and the agent share one registration per thread, counted, in a JVM. */
class TwoMailsIT {
    private static final int THREADS = 20;
    private static final int WALKS = 36;
    private static final int EOVERFLOW = 75;
    private static final int EINVAL = 22;
    private static final int SIGABRT = 128 + 6;

    @EveryAgentOwnedWorld
    void libraries_and_agent_come_and_go_on_a_thread_in_every_order(World world) throws Exception {
        Launch launch = launch(world, "walks", copy("liba"), copy("libb"));
        try (Running running =
                launch.withoutAgent().jvm("-XX:+EnableDynamicAgentLoading").start()) {
            running.awaitOut("loaded");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            Outcome outcome = held(running.finish());
            // in four of six orders a library has registered the thread when the agent comes: counted, so it is
            // everybody's
            outcome.hadNoWarning();
            assertThat(outcome.exitLine()).containsEntry("adopted", "0").containsEntry("refused", "0");
            assertThat(outcome.number("checks")).as(outcome.toString()).isGreaterThan(2 * WALKS * 6 * 7);
        }
    }

    @EveryAgentOwnedWorld
    void library_that_is_closed_while_threads_live_breaks_nobody(World world) {
        Outcome outcome = held(
                launch(world, "closed", Neighbour.COUNTING_STRONG.library()).run());
        outcome.hadNoWarning();
        assertThat(outcome.number("checks")).as(outcome.toString()).isGreaterThan(1000 * THREADS);
    }

    /** The JVM counts main out and in again, as DestroyJavaVM, when it returns. */
    @EveryAgentOwnedWorld
    void library_that_is_counted_in_on_main_at_its_end_is_no_news(World world) {
        Outcome outcome =
                held(launch(world, "stays", Neighbour.COUNTING_WEAK.library()).run());
        outcome.hadNoWarning();
        assertThat(outcome.exitLine()).containsEntry("adopted", "0").doesNotContainKey("owner.foreign");
    }

    @EveryAgentOwnedWorld
    void bad_citizen_is_one_warning_and_every_thread_is_counted(World world) {
        Outcome outcome =
                held(launch(world, "citizens", Neighbour.BAD_CITIZEN.library()).run());
        outcome.warnedOnceOf(" reregistered owner=agent refcount=2 area=0x");
        assertThat(outcome.exitLine()).containsEntry("reregistered", Integer.toString(THREADS));
    }

    @EveryAgentOwnedWorld
    void count_at_INT_MAX_is_EOVERFLOW_and_nothing_changes(World world) {
        Outcome outcome = held(launch(world, "limit").run());
        assertThat(outcome.number("main.errno")).isEqualTo(EOVERFLOW);
        assertThat(outcome.number("thread.errno")).isEqualTo(EOVERFLOW);
        outcome.warnedOnceOf(" overflowed owner=agent refcount=2147483647 ", "errno=EOVERFLOW");
        assertThat(outcome.exitLine()).containsEntry("overflowed", "2").containsEntry("refused", "0");
    }

    @EveryAgentOwnedWorld
    void export_on_is_found_and_shared_and_export_off_by_nobody(World world) {
        Path library = Neighbour.COUNTING_WEAK.library();
        Outcome on = held(launch(world, "visible", library).agent("export=on").run());
        on.printed("visible=true").printed("register=0").printed("alive=true").hadNoWarning();
        for (Path peer : List.of(Neighbour.TCMALLOC_2026.library(), Neighbour.PRIVATE.library())) {
            Outcome off =
                    held(launch(world, "visible", peer).agent("export=off").run());
            off.printed("visible=false").printed("register=" + EINVAL).printed("alive=false");
            off.hadNoWarning();
        }
    }

    @EveryAgentOwnedWorld
    void librseq_registers_threads_that_read_no_index_without_a_look(World world) {
        Path library = Fixture.peer("peer-librseq-blind", "peer_librseq", "BLIND");
        Outcome outcome = launch(world, "unread", library)
                .environment("LD_PRELOAD", library.toString())
                .run()
                .succeeded()
                .printed("broken=[]")
                .hadNoWarning();
        assertThat(outcome.startLine()).as(outcome.toString()).containsEntry("owner", "librseq");
    }

    /** In an area of its own, which the agent can't read: the thread reads getcpu. */
    @EveryAgentOwnedWorld
    void tcmalloc_registers_threads_that_read_no_index_where_it_does_not_share(World world) {
        Outcome outcome = held(launch(world, "unread", Neighbour.TCMALLOC_2026.library())
                .agent("export=off")
                .run());
        outcome.warnedOnceOf(" refused owner=unknown ", "errno=EBUSY");
        assertThat(outcome.exitLine()).containsEntry("refused", Integer.toString(THREADS));
    }

    /** The price of registering where librseq does: docs/ownership.md, row 2. */
    @EveryAgentOwnedWorld
    void librseq_aborts_when_its_user_registers_a_thread_that_read_an_index_without_a_look(World world) {
        Path library = Fixture.peer("peer-librseq-blind", "peer_librseq", "BLIND");
        Outcome outcome = launch(world, "visible", library)
                .environment("LD_PRELOAD", library.toString())
                .wrapper("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh")
                .run()
                .exited(SIGABRT);
        assertThat(outcome.startLine()).as(outcome.toString()).containsEntry("owner", "librseq");
        outcome.printed("visible=false");
    }

    private static Launch launch(World world, String story, Path... libraries) {
        List<Object> words = new ArrayList<>(List.of(Fixture.library("peer", world.jdk()), story));
        words.addAll(List.of(libraries));
        return Launch.of(world, TwoMails.class).nativeAccess().arguments(words.toArray());
    }

    /** The same counting library under another name, so that the dynamic linker takes it for another. */
    private static Path copy(String name) {
        return Fixture.peer(name, "peer_old_protocol", "WEAK");
    }

    private static Outcome held(Outcome outcome) {
        outcome.succeeded().hadNothingFromTheJvmOnStderr().printed("broken=[]");
        assertThat(outcome.startLine()).as(outcome.toString()).containsEntry("owner", "agent");
        return outcome;
    }
}
