/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.Cpus;
import io.rseq.PerCpu;
import io.rseq.benchmarks.peer.FfmLibc;
import io.rseq.benchmarks.peer.JnaDirectLibc;
import io.rseq.benchmarks.peer.JnaInterfaceLibc;
import io.rseq.benchmarks.peer.JniLibc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import net.openhft.affinity.Affinity;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to know the CPU: ours, under the agent, and what there is besides. Every fork runs with the agent, the peers too, so that
 * all of them pay for its presence alike.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class IndexBenchmark {
    /** {@code Linker.Option.critical}. */
    static final int FIRST_WITH_CRITICAL = 22;

    private final ThreadLocal<Integer> threadLocal = ThreadLocal.withInitial(Cpus::index);
    private long sum = System.nanoTime();

    /** A figure from a JVM that does something else than it says would be worse than none. */
    @Setup
    public void agentMustBeInForce() {
        String reader = System.getProperty("rseq.reader", "raw");
        if (!Cpus.support().reader().equals(reader))
            throw new IllegalStateException("reader=" + reader + " is not in force: " + Cpus.support());
        if (WovenMethods.index(-1) < 0) throw new IllegalStateException("WovenMethods is not woven");
        int cpus = Cpus.count();
        List<IntSupplier> peers = new ArrayList<>(List.of(
                Affinity::getCpu,
                JnaDirectLibc::sched_getcpu,
                JnaInterfaceLibc.C::sched_getcpu,
                JniLibc::sched_getcpu));
        if (Runtime.version().feature() >= FIRST_WITH_CRITICAL) {
            peers.add(FfmLibc::sched_getcpu);
            peers.add(FfmLibc::sched_getcpu_critical);
        }
        for (IntSupplier peer : peers) {
            int cpu = peer.getAsInt();
            if (cpu < 0 || cpu >= cpus) throw new IllegalStateException("a peer answers " + cpu + " of " + cpus);
        }
    }

    /** What JMH itself costs. */
    @Benchmark
    public void empty() {}

    /** The price of adding, for {@link #wovenAdds}. */
    @Benchmark
    public long emptyAdds() {
        return WovenMethods.sum(sum, 1);
    }

    @Benchmark
    public int index() {
        return Cpus.index();
    }

    @Benchmark
    public int woven() {
        return WovenMethods.index(PerCpu.INJECTED);
    }

    @Benchmark
    public long wovenAdds() {
        return WovenMethods.sumWithIndex(sum, PerCpu.INJECTED);
    }

    @Benchmark
    public int concurrencyId() {
        return Cpus.concurrencyId();
    }

    @Benchmark
    public int node() {
        return Cpus.node();
    }

    /** JDK 21 and later. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.reader=ffm")
    public int indexFfm() {
        return Cpus.index();
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.reader=jni")
    public int indexJni() {
        return Cpus.index();
    }

    /** Not the CPU: what code does today that keeps something per thread. */
    @Benchmark
    public int peerThreadLocal() {
        return threadLocal.get();
    }

    @Benchmark
    public int peerJni() {
        return JniLibc.sched_getcpu();
    }

    /** JDK 22 and later, and so the next. */
    @Benchmark
    public int peerFfm() {
        return FfmLibc.sched_getcpu();
    }

    @Benchmark
    public int peerFfmCritical() {
        return FfmLibc.sched_getcpu_critical();
    }

    @Benchmark
    public int peerJnaDirect() {
        return JnaDirectLibc.sched_getcpu();
    }

    @Benchmark
    public int peerJnaInterface() {
        return JnaInterfaceLibc.C.sched_getcpu();
    }

    @Benchmark
    public int peerAffinity() {
        return Affinity.getCpu();
    }
}
