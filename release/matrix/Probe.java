/* SPDX-License-Identifier: Apache-2.0 */
import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.Lease;
import io.rseq.PerCpu;
import io.rseq.PerCpuBucketHistogram;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuMax;
import io.rseq.PerCpuPool;
import io.rseq.PerCpuReadWriteLock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Platform threads, and virtual ones where the JDK has them, use each structure, an adopted LongAdder and a woven method. Prints what came out wrong. */
public final class Probe {
    private static final int THREADS = 8;
    private static final int ROUNDS = Integer.getInteger("rounds", 20_000);
    private static final int PASSED = -7;

    private final PerCpuCounter counter = new PerCpuCounter();
    private final PerCpuHistogram histogram = new PerCpuHistogram(1000, 2);
    private final PerCpuBucketHistogram buckets = new PerCpuBucketHistogram(10, 100);
    private final PerCpuDoubleAdder doubles = new PerCpuDoubleAdder();
    private final PerCpuMax max = new PerCpuMax();
    private final PerCpuLongStack stack = new PerCpuLongStack(64);
    private final PerCpuPool<AtomicLong> pool = PerCpuPool.builder(AtomicLong::new).build();
    private final PerCpuBuffer buffer = new PerCpuBuffer(1 << 20);
    private final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
    private final LongAdder adopted = new LongAdder();
    private final AtomicLong stacked = new AtomicLong();
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private long guarded;
    private long guardedAgain;

    public static void main(String[] arguments) throws Exception {
        Probe probe = new Probe();
        long rounds = (long) THREADS * ROUNDS;
        probe.run(Executors.newFixedThreadPool(THREADS));
        if (Runtime.version().feature() >= 21) {
            probe.run((ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
            rounds *= 2;
        }
        probe.settle(rounds);
        System.out.println("committer=" + Cpus.support().committer());
        System.out.println(probe.wrong.get() == 0 ? "exact" : "wrong: " + probe.wrong);
    }

    private void run(ExecutorService threads) throws InterruptedException {
        for (int i = 0; i < THREADS; i++) threads.execute(this::use);
        threads.shutdown();
        if (!threads.awaitTermination(10, TimeUnit.MINUTES)) expect("an end", false);
    }

    private void use() {
        try {
            for (int i = 1; i <= ROUNDS; i++) round(i);
        } catch (Throwable failure) {
            expect(failure.toString(), false);
        }
    }

    private void round(int i) {
        counter.increment();
        histogram.record(i % 1000);
        buckets.record(i % 200);
        doubles.add(0.5);
        max.offer(i);
        adopted.increment();
        if (stack.push(i)) stacked.addAndGet(i);
        long value = stack.pop();
        if (value != PerCpuLongStack.EMPTY) stacked.addAndGet(-value);
        try (Lease<AtomicLong> lease = pool.lease()) {
            expect("one user of an object", lease.get().getAndSet(1) == 0);
            lease.get().set(0);
        }
        if (buffer.append(new byte[16])) records.incrementAndGet();
        if (i % 100 == 0) write();
        else read();
        index(PASSED);
    }

    private void read() {
        lock.readLock().lock();
        expect("no writer beside a reader", guarded == guardedAgain);
        lock.readLock().unlock();
    }

    private void write() {
        lock.writeLock().lock();
        guarded++;
        guardedAgain++;
        lock.writeLock().unlock();
    }

    @PerCpu
    private void index(@CpuIndex int cpu) {
        expect("an index", cpu >= 0 && cpu < Cpus.count());
    }

    private void settle(long rounds) {
        expect("the counter's sum", counter.sum() == rounds);
        expect("the histogram's count", histogram.snapshot().count() == rounds);
        expect("the buckets' count", buckets.snapshot().count() == rounds);
        expect("the doubles' sum", doubles.sum() == rounds / 2.0);
        expect("the maximum", max.max() == ROUNDS);
        expect("the adopted adder's sum", adopted.sum() == rounds);
        stack.drainTo(value -> stacked.addAndGet(-value));
        expect("the stack's values", stacked.get() == 0);
        buffer.drain((cpu, time, bytes, from, length) -> records.decrementAndGet());
        expect("the buffer's records", records.get() == 0);
        expect("the writes", guarded == rounds / 100);
    }

    private void expect(String what, boolean right) {
        if (!right && wrong.getAndIncrement() == 0) System.out.println("first wrong: " + what);
    }
}
