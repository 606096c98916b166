/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static net.bytebuddy.matcher.ElementMatchers.named;

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
        woven = to(FakeSequences.class, woven, "layout", "available", "allocate", "freeWith", "free", "add", "get");
        woven = to(
                FakeStacks.class,
                woven,
                "push",
                "pop",
                "take",
                "setPlace",
                "pushBatch",
                "popBatch",
                "append",
                "put",
                "copyOut",
                "fence");
        try (DynamicType.Unloaded<Commits> made = woven.make()) {
            made.load(Commits.class.getClassLoader(), reloading);
        }
        return new FakeAgent(reloading);
    }

    /** Without a fence it is the agent on an old kernel. */
    public void fences(boolean has) {
        FakeStacks.fences = has;
    }

    /** It is of another version. */
    public void hasLayout(int number) {
        FakeSequences.layout = number;
    }

    /** How many pushes, pops, takes and appends came to the sequences. */
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
        FakeSequences.limit = Long.MAX_VALUE;
        FakeSequences.layout = Commits.LAYOUT;
        FakeStacks.fences = true;
        try {
            reloading.reset(Commits.class);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static DynamicType.Builder<Commits> to(
            Class<?> target, DynamicType.Builder<Commits> commits, String... names) {
        DynamicType.Builder<Commits> woven = commits;
        for (String name : names) {
            woven = woven.method(named(name))
                    .intercept(MethodDelegation.withDefaultConfiguration()
                            .filter(named(name))
                            .to(target));
        }
        return woven;
    }
}
