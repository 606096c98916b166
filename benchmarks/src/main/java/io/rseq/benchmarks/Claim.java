/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.Scores.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What the project says of its own speed, held against what was just measured: two benchmarks of one JDK, and how they must compare.
 * What was not measured is not judged.
 *
 * <p>How dear an uncontended atomic is depends on the CPU: 2 ns on one, 11 on another. So what one thread does is held against the same sequence in C, and
 * against one such atomic, both measured in the same run; peers come in from 2 threads on, where they contend. An add to a {@code LongAdder} by 2 threads is one
 * uncontended atomic: how many times as fast a counter is can be decided only where an atomic is that dear.
 */
final class Claim {
    private static final int FIRST_WITH_FULL_SPEED = 21;
    private static final String C = "limitCFunction";
    private static final String ATOMIC = "limitUncontendedAtomic";
    private static final Key COUNTER = new Key("CounterBenchmark", "perCpu", 1);

    private final String name;
    private final Key ours;
    private final Key other;
    private final Bound bound;
    private final double limit;
    private final double limitBefore21;

    /* How many times as long as the sequence in C an uncontended atomic must take here, for the claim to be decided; 0: no matter. */
    private double needsAtomic;

    private Claim(String name, Key ours, Key other, Bound bound, double limit, double limitBefore21) {
        this.name = name;
        this.ours = ours;
        this.other = other;
        this.bound = bound;
        this.limit = limit;
        this.limitBefore21 = limitBefore21;
    }

    /** How two figures are compared. */
    private enum Bound {
        /** The other takes at least so many times as long. */
        TIMES_FASTER("%.2f times, at least %s wanted") {
            @Override
            double figure(double ours, double other, Key key, Key otherKey, int cpus) {
                return other / ours;
            }

            @Override
            boolean holds(double figure, double limit) {
                return figure >= limit;
            }
        },
        /** Ours takes at most so many times as long. */
        AT_MOST_TIMES("%.2f times, at most %s wanted") {
            @Override
            double figure(double ours, double other, Key key, Key otherKey, int cpus) {
                return ours / other;
            }
        },
        /** The same, of CPU time: what an operation takes of all CPUs together. */
        AT_MOST_TIMES_THE_CPU_TIME("%.2f times, at most %s wanted") {
            @Override
            double figure(double ours, double other, Key key, Key otherKey, int cpus) {
                return Scores.cpuTime(ours, key.threads(), cpus) / Scores.cpuTime(other, otherKey.threads(), cpus);
            }
        },
        AT_MOST_NS_MORE("%+.2f ns, at most %s wanted") {
            @Override
            double figure(double ours, double other, Key key, Key otherKey, int cpus) {
                return ours - other;
            }
        };

        private final String text;

        Bound(String text) {
            this.text = text;
        }

        abstract double figure(double ours, double other, Key key, Key otherKey, int cpus);

        boolean holds(double figure, double limit) {
            return figure <= limit;
        }
    }

    /** All of them, for a machine with that many CPUs; "16 threads on 2 CPUs" is 8 times the CPUs anywhere. */
    static List<Claim> all(int cpus) {
        int many = 8 * cpus;
        List<Claim> claims = new ArrayList<>();
        Key index = new Key("IndexBenchmark", "index", 1);
        claims.add(new Claim(
                "index against Affinity.getCpu", index, index.of("peerAffinity"), Bound.TIMES_FASTER, 50, 50));
        claims.add(new Claim(
                "a woven method against the index", index.of("woven"), index, Bound.AT_MOST_NS_MORE, 0.4, 0.4));
        claims.add(atMost("counter against the same in C", COUNTER, COUNTER.of(C), Bound.AT_MOST_TIMES, 1.6));
        claims.add(atMost("counter against one atomic", COUNTER, COUNTER.of(ATOMIC), Bound.AT_MOST_TIMES, 1)
                .whereAnAtomicTakes(1.6));
        Key lease = new Key("PoolBenchmark", "lease", 1);
        claims.add(atMost("pool lease against the same in C", lease, lease.of(C), Bound.AT_MOST_TIMES, 2));
        claims.add(
                atMost("pool lease against a ThreadLocal", lease, lease.of("peerThreadLocal"), Bound.AT_MOST_TIMES, 3));
        claims.add(atMost(
                "pool lease, CPU time at " + many + " threads against 1",
                lease.at(many),
                lease,
                Bound.AT_MOST_TIMES_THE_CPU_TIME,
                1.5));
        Key bounds = new Key("BucketHistogramBenchmark", "perCpu", 1);
        for (String peer : new String[] {"peerPrometheus", "peerOpenTelemetry"})
            claims.add(atMost(
                    "histogram of named bounds against " + peer, bounds, bounds.of(peer), Bound.AT_MOST_TIMES, 1));
        Key lock = new Key("ReadWriteLockBenchmark writes=0", "perCpu", 1);
        claims.add(atMost(
                        "read lock against ReentrantReadWriteLock",
                        lock,
                        lock.of("peerReentrantReadWriteLock"),
                        Bound.AT_MOST_TIMES,
                        1)
                .whereAnAtomicTakes(1.6));
        claims.add(atMost(
                "read lock, CPU time at " + many + " threads against 1",
                lock.at(many),
                lock,
                Bound.AT_MOST_TIMES_THE_CPU_TIME,
                1.5));
        if (cpus > 1) contended(claims, cpus, lease);
        for (int carriers : new int[] {1, cpus, many}) documents(claims, carriers, cpus);
        Key json = new Key("JacksonBenchmark", "perCpu", cpus);
        claims.add(new Claim(
                "JSON on platform threads against ThreadLocal",
                json,
                json.of("peerThreadLocal"),
                Bound.AT_MOST_TIMES,
                1.3,
                1.3));
        return claims;
    }

    /*
     * Pools that threads share are judged with as many carriers as CPUs, which is the JDK's default: with 8 times as many their figures scatter by a
     * third. With a ThreadLocal each thread that lives keeps a buffer.
     */
    private static void documents(List<Claim> claims, int carriers, int cpus) {
        Key each = new Key("JacksonOneVirtualBenchmark", "perCpu", carriers);
        Key living = new Key("JacksonVirtualBenchmark", "perCpu", carriers);
        for (String pool : new String[] {"peerThreadLocal", "peerNonRecycling"})
            claims.add(faster("JSON, a virtual thread for each, against " + pool, each, pool, 1));
        if (carriers != cpus) return;
        for (String pool : new String[] {"peerConcurrentDeque", "peerBounded", "peerLockFree"})
            claims.add(faster("JSON, a virtual thread for each, against " + pool, each, pool, 1));
        for (String pool : new String[] {"peerConcurrentDeque", "peerBounded", "peerLockFree", "peerNonRecycling"})
            claims.add(faster("JSON on virtual threads against " + pool, living, pool, 1));
    }

    private static void contended(List<Claim> claims, int cpus, Key lease) {
        for (int threads : new int[] {cpus, 8 * cpus})
            claims.add(faster("counter against LongAdder", COUNTER.at(threads), "peerLongAdder", 3)
                    .whereAnAtomicTakes(3));
        for (int threads : new int[] {cpus, 4 * cpus}) {
            claims.add(faster("pool lease against MpmcArrayQueue", lease.at(threads), "peerMpmcArrayQueue", 20));
            claims.add(faster("pool lease against a concurrent deque", lease.at(threads), "peerConcurrentDeque", 50));
        }
        Key record = new Key("HistogramBenchmark", "perCpu", cpus);
        for (String peer : new String[] {"peerHdrConcurrent", "peerHdrRecorder"})
            claims.add(faster("histogram against " + peer, record, peer, 20));
        Key append = new Key("BufferBenchmark", "perCpu", cpus);
        claims.add(faster("buffer against ManyToOneRingBuffer", append, "peerAgronaManyToOne", 10));
        Key sum = new Key("DoubleAdderBenchmark", "perCpu", cpus);
        claims.add(faster("double adder against DoubleAdder", sum, "peerDoubleAdder", 1));
        Key rising = new Key("MaxBenchmark", "perCpuRising", cpus);
        claims.add(faster("maximum that rises against LongAccumulator", rising, "peerLongAccumulatorRising", 1));
        Key bounds = new Key("BucketHistogramBenchmark", "perCpu", cpus);
        claims.add(faster("histogram of named bounds against client_java", bounds, "peerPrometheus", 3));
        claims.add(faster("histogram of named bounds against OpenTelemetry", bounds, "peerOpenTelemetry", 5));
        Key lock = new Key("ReadWriteLockBenchmark writes=0", "perCpu", cpus);
        claims.add(faster("read lock against ReentrantReadWriteLock", lock, "peerReentrantReadWriteLock", 10));
        claims.add(faster("read lock against StampedLock", lock, "peerStampedLock", 5));
    }

    /* Before 21, two thirds of it. */
    private static Claim faster(String name, Key ours, String peer, double limit) {
        return new Claim(name, ours, ours.of(peer), Bound.TIMES_FASTER, limit, limit * 2 / 3);
    }

    /* Before 21, half as much again: two thirds of the speed. */
    private static Claim atMost(String name, Key ours, Key other, Bound bound, double limit) {
        return new Claim(name, ours, other, bound, limit, limit * 3 / 2);
    }

    /** A row of the table of claims; null when that JDK did not measure both. */
    Verdict judge(Scores scores, String jdk, int cpus) {
        OptionalDouble our = scores.median(ours, jdk);
        OptionalDouble their = scores.median(other, jdk);
        if (our.isEmpty() || their.isEmpty()) return null;
        double wanted = Scores.feature(jdk) < FIRST_WITH_FULL_SPEED ? limitBefore21 : limit;
        double figure = bound.figure(our.getAsDouble(), their.getAsDouble(), ours, other, cpus);
        String text = String.format(Locale.ROOT, bound.text, figure, plain(wanted));
        return new Verdict(
                name + ", " + Report.counted(ours.threads(), Group.by(ours.group())),
                jdk,
                bound.holds(figure, wanted)
                        ? Result.HELD
                        : canBeDecided(scores, jdk) ? Result.MISSED : Result.NOT_DECIDED,
                text);
    }

    private Claim whereAnAtomicTakes(double timesTheSequence) {
        needsAtomic = timesTheSequence;
        return this;
    }

    private boolean canBeDecided(Scores scores, String jdk) {
        if (needsAtomic == 0) return true;
        OptionalDouble atomic = scores.median(COUNTER.of(ATOMIC), jdk);
        OptionalDouble sequence = scores.median(COUNTER.of(C), jdk);
        return atomic.isPresent()
                && sequence.isPresent()
                && atomic.getAsDouble() >= needsAtomic * sequence.getAsDouble();
    }

    private static String plain(double limit) {
        return String.format(Locale.ROOT, limit == Math.rint(limit) ? "%.0f" : "%.1f", limit);
    }

    /** What a run says of a claim. */
    enum Result {
        HELD("held"),
        MISSED("**MISSED**"),
        /** An atomic is too cheap here for the difference that is claimed. */
        NOT_DECIDED("not decided here");

        final String text;

        Result(String text) {
            this.text = text;
        }
    }

    /** One claim on one JDK. */
    record Verdict(String claim, String jdk, Result result, String figure) {}
}
