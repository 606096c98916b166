/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Agreement;

/** On every kind of thread the index is in range, and the CPU that libc and the kernel name while the thread stands still. */
class AgreementIT {
    @EveryWorld
    void index_agrees_with_libc_on_platform_threads(World world) {
        agrees(launch(world).arguments("platform"), "platform");
    }

    @EveryWorld
    void index_agrees_with_libc_on_virtual_threads(World world) {
        Machine.needsVirtualThreads(world);
        agrees(launch(world).arguments("virtual"), "virtual");
    }

    @EveryWorld
    void index_agrees_with_libc_on_virtual_threads_that_park_between_reads(World world) {
        Machine.needsVirtualThreads(world);
        agrees(launch(world).jvm("-Djdk.virtualThreadScheduler.parallelism=2").arguments("parking"), "parking");
    }

    @EveryWorld
    void index_agrees_with_libc_in_the_common_pool(World world) {
        agrees(launch(world).arguments("forkjoin"), "forkjoin");
    }

    @EveryWorld
    void index_agrees_with_libc_on_threads_attached_through_jni(World world) {
        Outcome outcome =
                agrees(launch(world).arguments("attached", Fixture.library("attach", world.jdk())), "attached");
        assertThat(outcome.number("attached.compared")).isPositive();
    }

    @EveryWorld
    void index_agrees_with_libc_whatever_the_reader(World world) {
        for (String reader : new String[] {"raw", "jni", "getcpu"}) {
            Outcome outcome = agrees(launch(world).agent("reader=" + reader).arguments("platform"), "platform");
            outcome.hadNoWarning().printed("reader=" + reader);
            if (world.jdk().hasVirtualThreads())
                agrees(launch(world).agent("reader=" + reader).arguments("parking"), "parking")
                        .hadNoWarning();
        }
    }

    @EveryWorld
    void reader_ffm_agrees_with_libc_or_falls_to_jni_with_one_warning(World world) {
        Outcome outcome = agrees(launch(world).agent("reader=ffm").arguments("platform"), "platform");
        if (world.jdk().feature() >= 21) {
            outcome.hadNoWarning().hadNothingFromTheJvmOnStderr().printed("reader=ffm");
            agrees(launch(world).agent("reader=ffm").arguments("parking"), "parking")
                    .hadNoWarning();
        } else {
            outcome.warnedOnceOf("reader=ffm", "jni").printed("reader=jni");
        }
    }

    private static Launch launch(World world) {
        return Launch.of(world, Agreement.class).jna();
    }

    private static Outcome agrees(Launch launch, String name) {
        Outcome outcome = launch.run().succeeded();
        assertThat(outcome.number(name + ".outOfRange"))
                .as("indexes out of range of %s", outcome)
                .isZero();
        assertThat(outcome.number(name + ".disagreed"))
                .as("wrong indexes of %s", outcome)
                .isZero();
        assertThat(outcome.number(name + ".compared"))
                .as("comparisons of %s", outcome)
                .isGreaterThan(1000);
        return outcome;
    }
}
