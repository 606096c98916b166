/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 10,000 virtual threads, each of which is parked between any two of its operations. What JMH calls threads is the number of carriers here,
 * and a figure is the time of the whole crowd per operation. JDK 21 and later.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(ParkingThreads.THREADS * ParkingThreads.OPERATIONS)
@Fork(1)
public abstract class ParkingThreads {
    static final int THREADS = 10_000;
    static final int OPERATIONS = 10;

    private VirtualCrowd crowd;

    @Setup
    public void start() throws ReflectiveOperationException {
        InForce.check();
        crowd = new VirtualCrowd();
    }

    @TearDown
    public void stop() {
        crowd.checkThatTheyParked();
    }

    /** What starting, parking and unparking cost: it is in every other figure too. */
    @Benchmark
    public void empty() throws InterruptedException {
        eachParksAfter(this::onlyPark);
    }

    /** For an operation that parks itself: as often as that does. */
    void onlyPark(VirtualCrowd.Turn turn) {}

    final void eachParksAfter(Runnable operation) throws InterruptedException {
        eachParksAfter(turn -> operation.run());
    }

    /** The same, of an operation that parks in between, too. */
    final void eachParksAfter(VirtualCrowd.Work operation) throws InterruptedException {
        crowd.run(THREADS, turn -> {
            for (int i = 0; i < OPERATIONS; i++) {
                operation.with(turn);
                turn.pass();
            }
        });
    }
}
