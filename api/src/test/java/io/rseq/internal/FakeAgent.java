/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static net.bytebuddy.matcher.ElementMatchers.named;

import io.rseq.Cpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodDelegation;

/** Stands for the agent: redefines {@link Commits}, which is loaded and running, to call {@link FakeSequences} and {@link FakeStacks}; until it is closed. */
public final class FakeAgent implements AutoCloseable {
    private final ClassReloadingStrategy reloading;

    private FakeAgent(ClassReloadingStrategy reloading) {
        this.reloading = reloading;
    }

    public static FakeAgent arrive() {
        ByteBuddyAgent.install();
        ClassReloadingStrategy reloading = ClassReloadingStrategy.fromInstalledAgent();
        DynamicType.Builder<Commits> woven = new ByteBuddy()
                .with(Implementation.Context.Disabled.Factory.INSTANCE)
                .redefine(Commits.class);
        woven = to(
                FakeSequences.class,
                woven,
                "layout",
                "available",
                "allocate",
                "freeWith",
                "free",
                "add",
                "addDouble",
                "max",
                "takeDoubles",
                "takeMax");
        woven = to(
                FakeStacks.class,
                woven,
                "count",
                "push",
                "pop",
                "take",
                "setPlace",
                "pushBatch",
                "popBatch",
                "tally",
                "append",
                "put",
                "copyOut",
                "fence",
                "fenceAgain");
        DynamicType.Builder<Hook> hook = new ByteBuddy()
                .with(Implementation.Context.Disabled.Factory.INSTANCE)
                .redefine(Hook.class);
        load(to(FakeSequences.class, woven, "get"), Commits.class, reloading);
        load(to(FakeSequences.class, hook, "cpus", "cpu"), Hook.class, reloading);
        return new FakeAgent(reloading);
    }

    /** Without a fence it is the agent on an old kernel. */
    public void fences(boolean has) {
        FakeStacks.fences = has;
    }

    /** The kernel refuses the fence that it had, as under a filter that came later; {@code elseBy}: there is another way to one. */
    public void refusesFence(boolean elseBy) {
        FakeStacks.fences = false;
        FakeStacks.fencesAgain = elseBy;
    }

    /** It is of another version. */
    public void hasLayout(int number) {
        FakeSequences.layout = number;
    }

    /** What happens while somebody has closed stacks, and fences. */
    public void atFence(Runnable action) {
        FakeStacks.atFence = action;
    }

    /** Sequences that answer this status and nothing else, such as under a debugger that steps. Null: as usual. */
    public void always(Long status) {
        FakeStacks.always = status;
    }

    /** What {@link Hook#cpus()} answers: what the agent found in {@code /sys}. */
    public static FakeAgent arriveSeeing(int cpus) {
        FakeSequences.cpus = cpus;
        return arrive();
    }

    /** Nobody is moved: all threads are on this CPU, and are registered. */
    public void keepsOn(int cpu) {
        FakeSequences.kept = cpu;
    }

    /** Threads have no area until they ask for their CPU; those that asked commit each time. */
    public void registersWhenAsked() {
        FakeSequences.registersWhenAsked = true;
    }

    /** How many counts, pushes, pops, takes, tallies and appends came to the sequences. */
    public long commits() {
        return FakeStacks.CALLS.get();
    }

    /** How many adds came to the sequences. */
    public long adds() {
        return FakeSequences.ADDS.get();
    }

    /** How many allocations were asked for. */
    public long allocations() {
        return FakeSequences.ALLOCATIONS.get();
    }

    /** Bytes in use. */
    public long allocated() {
        return FakeSequences.ALLOCATED.get();
    }

    /** No more than that. */
    public void limit(long bytes) {
        FakeSequences.limit = bytes;
    }

    /** What happens to come between the reading of a cell and what the reader does next. */
    public void afterEachGet(Runnable action) {
        FakeSequences.afterGet = action;
    }

    @Override
    public void close() {
        FakeSequences.afterGet = () -> {};
        FakeSequences.registersWhenAsked = false;
        FakeSequences.kept = -1;
        FakeSequences.limit = Long.MAX_VALUE;
        FakeSequences.layout = Commits.LAYOUT;
        FakeStacks.fences = true;
        FakeStacks.fencesAgain = false;
        FakeStacks.always = null;
        FakeStacks.atFence = () -> {};
        FakeSequences.cpus = Cpus.count();
        try {
            reloading.reset(Commits.class, Hook.class);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static <T> void load(DynamicType.Builder<T> woven, Class<T> type, ClassReloadingStrategy reloading) {
        try (DynamicType.Unloaded<T> made = woven.make()) {
            made.load(type.getClassLoader(), reloading);
        }
    }

    private static <T> DynamicType.Builder<T> to(Class<?> target, DynamicType.Builder<T> type, String... names) {
        DynamicType.Builder<T> woven = type;
        for (String name : names) {
            woven = woven.method(named(name))
                    .intercept(MethodDelegation.withDefaultConfiguration()
                            .filter(named(name))
                            .to(target));
        }
        return woven;
    }
}
