/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rseq.Lease;
import io.rseq.PerCpuPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The pool without the agent: rows on the heap. */
public final class PoolStress {
    private PoolStress() {}

    /** What is pooled. */
    public static final class Thing {
        int plain;
    }

    private static PerCpuPool<Thing> pool(int capacity) {
        return PerCpuPool.builder(Thing::new).capacityPerCpu(capacity).build();
    }

    private static int release(PerCpuPool<Thing> pool, Thing thing) {
        try {
            pool.release(thing);
            return 1;
        } catch (IllegalStateException | IllegalArgumentException refused) {
            return 0;
        }
    }

    /** Of two releases of one object at once one succeeds, or both, and the object is idle once. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1", "1, 1, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "none, or the object is not idle")
    @State
    public static class TwoReleases {
        private final PerCpuPool<Thing> pool = pool(2);
        private final Thing thing = pool.acquire();

        @Actor
        public void first(III_Result result) {
            result.r1 = release(pool, thing);
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = release(pool, thing);
        }

        @Arbiter
        public void idle(III_Result result) {
            result.r3 = (int) pool.idle();
        }
    }

    /** One succeeds with an object that owns no place: discarded once. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class TwoReleasesOverTheBound {
        private final PerCpuPool<Thing> pool = pool(1);
        private final Thing thing;

        public TwoReleasesOverTheBound() {
            for (int i = 0; i < pool.maxIdle(); i++) pool.acquire();
            thing = pool.acquire();
        }

        @Actor
        public void first(III_Result result) {
            result.r1 = release(pool, thing);
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = release(pool, thing);
        }

        @Arbiter
        public void discarded(III_Result result) {
            result.r3 = (int) pool.discarded();
        }
    }

    /** Two that lease at once have two objects, whether one of them is the idle one or not. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "one object for two")
    @State
    public static class TwoLeases {
        private final PerCpuPool<Thing> pool = pool(2);
        private Thing first;
        private Thing second;

        public TwoLeases() {
            pool.lease().close();
        }

        @Actor
        public void first() {
            first = pool.lease().get();
        }

        @Actor
        public void second() {
            second = pool.lease().get();
        }

        @Arbiter
        public void different(I_Result result) {
            result.r1 = first == second ? 1 : 2;
        }
    }

    /** What was done before a give-back is seen by who takes the object next. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 7"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the next user saw it as it was before")
    @State
    public static class GiveBackHappensBeforeTake {
        private final PerCpuPool<Thing> pool = pool(1);
        private final Lease<Thing> lease;
        private final Thing thing;

        public GiveBackHappensBeforeTake() {
            lease = pool.lease();
            thing = lease.get();
        }

        @Actor
        public void user() {
            thing.plain = 7;
            lease.close();
        }

        @Actor
        public void next(II_Result result) {
            Thing mine = pool.lease().get();
            result.r1 = mine == thing ? 1 : 0;
            result.r2 = mine.plain;
        }
    }

    /** A trim while somebody gives back: the object is discarded or idle. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class TrimWhileGivenBack {
        private final PerCpuPool<Thing> pool = pool(2);
        private final Thing thing = pool.acquire();

        @Actor
        public void user() {
            pool.release(thing);
        }

        @Actor
        public void trimmer() {
            pool.trim();
        }

        @Arbiter
        public void where(II_Result result) {
            result.r1 = (int) pool.discarded();
            result.r2 = (int) pool.idle();
        }
    }
}
