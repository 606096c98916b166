/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Index;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A pool whose objects know where they are: idle, with one holder, or discarded. */
final class StormedPool implements Stormed {
    private static final int CAPACITY = 36;
    private static final int OPERATIONS = 32;
    private static final int HELD_AT_MOST = 3;
    private static final int TRIM_EVERY = 16;
    private static final int KEEP_EVERY = 128;

    private final PerCpuPool<Thing> pool;
    private final AtomicReference<Thing> passed = new AtomicReference<>();
    private final AtomicLong taken = new AtomicLong();

    StormedPool(Index index) {
        pool = PerCpuPool.builder(Thing::new)
                .capacityPerCpu(CAPACITY)
                .index(index)
                .onDiscard(thing -> thing.change(Thing.IDLE, Thing.DISCARDED))
                .build();
    }

    @Override
    public String name() {
        return "pool";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            private final ArrayDeque<Lease<Thing>> leases = new ArrayDeque<>();
            private final ArrayDeque<Thing> things = new ArrayDeque<>();

            @Override
            public void round(SplittableRandom random) {
                for (int i = 0; i < OPERATIONS; i++) {
                    switch (random.nextInt(5)) {
                        case 0 -> {
                            if (leases.size() == HELD_AT_MOST) close(leases.pollFirst());
                            Lease<Thing> lease = pool.lease();
                            lease.get().use();
                            leases.addLast(lease);
                        }
                        case 1 -> {
                            if (things.size() == HELD_AT_MOST) release(things.pollFirst());
                            Thing thing = pool.acquire();
                            thing.use();
                            things.addLast(thing);
                        }
                        case 2 -> close(leases.pollFirst());
                        case 3 -> release(things.pollFirst());
                        default -> {
                            Thing other = passed.getAndSet(things.pollLast());
                            if (other != null) things.addLast(other);
                        }
                    }
                }
                taken.addAndGet(OPERATIONS);
                if (random.nextInt(KEEP_EVERY) != 0) withdraw(); // as in StormedStack
            }

            @Override
            public void withdraw() {
                while (!leases.isEmpty()) close(leases.pollFirst());
                while (!things.isEmpty()) release(things.pollFirst());
            }
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        if (random.nextInt(TRIM_EVERY) == 0) pool.trim();
    }

    @Override
    public void settle(Violations violations) {
        release(passed.getAndSet(null));
        long idle = pool.idle();
        if (idle > pool.maxIdle()) violations.add("pool: idle are " + idle + ", more than " + pool.maxIdle());
        violations.expectEqual(this, "how many are idle", idle, pool.created() - pool.discarded());
        violations.expectEqual(this, "how many were trimmed", pool.trim(), idle);
        violations.expectEqual(this, "how many were discarded", pool.discarded(), pool.created());
        violations.expectEqual(this, "how many know that they were", Thing.DISCARDS.get(), pool.created());
        violations.expectEqual(this, "how many calls were refused", pool.refused(), 0);
        System.out.println("pool.operations=" + taken);
        System.out.println("pool.created=" + pool.created());
    }

    private static void close(Lease<Thing> lease) {
        if (lease == null) return;
        lease.get().unuse();
        lease.close();
    }

    private void release(Thing thing) {
        if (thing == null) return;
        thing.unuse();
        pool.release(thing);
    }

    private static final class Thing {
        static final int IDLE = 0;
        static final int HELD = 1;
        static final int DISCARDED = 2;
        static final AtomicLong DISCARDS = new AtomicLong();

        private final AtomicInteger place = new AtomicInteger(IDLE);

        /* Plain: they differ if giving back does not happen before taking. */
        private long first;
        private long second;

        void use() {
            change(IDLE, HELD);
            if (first != second) throw new AssertionError("what its last holder wrote is not all there");
            first++;
            second++;
        }

        void unuse() {
            change(HELD, IDLE);
        }

        void change(int from, int to) {
            int was = place.compareAndExchange(from, to);
            if (was != from) throw new AssertionError("an object was in place " + was + ", not " + from);
            if (to == DISCARDED) DISCARDS.incrementAndGet();
        }
    }
}
