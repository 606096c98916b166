/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import io.rseq.internal.Commits;
import java.util.ArrayDeque;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Writers take objects from one pool, by lease and by acquire, hand some of them to each other and give all back, one trims it, until a
 * line comes; then again for a while. Prints where the objects are.
 */
public final class Pooling {
    private static final int CAPACITY = 36;
    private static final int HELD_AT_MOST = 6;
    private static final int BATCH = 300;
    private static final int TRIM_EVERY = 50;

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicReference<Thing> passed = new AtomicReference<>();
    private final PerCpuPool<Thing> pool;

    private Pooling(Index index) {
        pool = PerCpuPool.builder(Thing::new)
                .capacityPerCpu(CAPACITY)
                .index(index)
                .onDiscard(Thing::discard)
                .build();
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Pooling(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        try (Scanner in = new Scanner(System.in)) {
            Writers writers = Writers.start(kind, this::use);
            System.out.println("ready");
            in.nextLine();
            long mark = rounds.get() + 4L * BATCH * Writers.count(kind);
            while (rounds.get() < mark) {
                if (rounds.get() % TRIM_EVERY == 0) pool.trim();
                Thread.sleep(1);
            }
            writers.stop();
        }
        Thing last = passed.getAndSet(null);
        if (last != null) giveBack(last);
        long idle = pool.idle();
        System.out.println("bound=" + (idle <= pool.maxIdle()));
        System.out.println("idle=" + idle);
        System.out.println("created=" + pool.created());
        System.out.println("accounted=" + (idle + pool.discarded()));
        System.out.println("trimmed=" + pool.trim());
        System.out.println("left=" + (pool.created() - pool.discarded()));
        System.out.println("refused=" + pool.refused());
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void use(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        ArrayDeque<Lease<Thing>> leases = new ArrayDeque<>();
        ArrayDeque<Thing> things = new ArrayDeque<>();
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                switch (random.nextInt(5)) {
                    case 0 -> lease(leases);
                    case 1 -> acquire(things);
                    case 2 -> close(leases.pollFirst());
                    case 3 -> giveBack(things.pollFirst());
                    default -> pass(things);
                }
            }
            rounds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here, things in hand
        }
        while (!leases.isEmpty()) close(leases.pollFirst());
        while (!things.isEmpty()) giveBack(things.pollFirst());
    }

    private void lease(ArrayDeque<Lease<Thing>> own) {
        if (own.size() >= HELD_AT_MOST) close(own.pollFirst());
        Lease<Thing> lease = pool.lease();
        lease.get().use();
        own.addLast(lease);
    }

    private void acquire(ArrayDeque<Thing> own) {
        if (own.size() >= HELD_AT_MOST) giveBack(own.pollFirst());
        Thing thing = pool.acquire();
        thing.use();
        own.addLast(thing);
    }

    private static void close(Lease<Thing> lease) {
        if (lease == null) return;
        lease.get().unuse();
        lease.close();
    }

    private void giveBack(Thing thing) {
        if (thing == null) return;
        thing.unuse();
        pool.release(thing);
    }

    private void pass(ArrayDeque<Thing> own) {
        Thing thing = passed.getAndSet(own.pollLast());
        if (thing != null) own.addLast(thing);
    }

    /** Notices when it is in two places. */
    private static final class Thing {
        private final AtomicInteger users = new AtomicInteger();
        private boolean discarded;

        /* Plain: they differ if giving back does not happen before taking. */
        private long first;
        private long second;

        void use() {
            if (users.incrementAndGet() != 1) throw new AssertionError("in two places");
            if (discarded || first != second) throw new AssertionError("discarded, or of two minds");
            first++;
            second++;
        }

        void unuse() {
            if (users.decrementAndGet() != 0) throw new AssertionError("in two places");
        }

        void discard() {
            if (users.get() != 0 || discarded) throw new AssertionError("discarded twice, or in use");
            discarded = true;
        }
    }
}
