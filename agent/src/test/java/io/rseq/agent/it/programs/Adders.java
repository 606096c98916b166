/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an adder of the JDK's must do, promoted or not. An adder is made to look contended by an empty table of cells, for which the package must be
 * open to this class. Prints what went wrong.
 */
public final class Adders {
    private static final int CELL = 8;
    private static final int CLOSABLE = 16;
    private static final int ADDERS = 1000;
    private static final int DEPTHS = 3000;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /* Promoted ones: a collector that freed one would change what others are seen to allocate. */
    private static final List<Object> KEPT = new ArrayList<>();

    private static int wrong;

    private Adders() {}

    /** Nothing, {@code full} for memory that is full. */
    public static void main(String[] arguments) throws Exception {
        boolean adopts = arguments.length == 0 || !arguments[0].equals("none");
        if (adopts) awaitSequences();
        long before = allocated();
        longs(new LongAdder(), false);
        longs(contended(new LongAdder()), adopts);
        longs(contended(new Sub()), adopts);
        doubles(new DoubleAdder(), false);
        doubles(contended(new DoubleAdder()), adopts);
        doubles(contended(new SubDouble()), adopts);
        hugeNumbersLeaveNothingBehind(contended(new DoubleAdder()));
        if (adopts) {
            expect("a clone", cloned(), 8L);
            stackEnds();
            awaitSequences(); // for which an adder at a stack's end makes a pause
            freed(before);
            full();
        }
        System.out.println("wrong=" + wrong);
    }

    /** A subclass that changes nothing. */
    static class Sub extends LongAdder {
        private static final long serialVersionUID = 1;
    }

    /** The same. */
    static class SubDouble extends DoubleAdder {
        private static final long serialVersionUID = 1;
    }

    /** Its clones have the same fields. */
    static final class Copied extends LongAdder implements Cloneable {
        private static final long serialVersionUID = 1;

        Copied copy() throws CloneNotSupportedException {
            return (Copied) clone();
        }
    }

    private static void longs(LongAdder adder, boolean promoted) throws Exception {
        KEPT.add(adder); // threads may have it promoted in the end
        long before = allocated();
        expect("at first", adder.sum(), 0L);
        adder.add(1);
        adder.add(Long.MAX_VALUE);
        expect("wraps", adder.sum(), Long.MIN_VALUE);
        expect("promoted", allocated() - before, promoted ? CELL : 0L);
        adder.reset();
        expect("after a reset", adder.sum(), 0L);
        adder.increment();
        adder.increment();
        adder.decrement();
        adder.add(41);
        expect("sum", adder.sum(), 42L);
        expect("text", adder.toString(), "42");
        expect(
                "numbers",
                List.of(adder.longValue(), adder.intValue(), adder.floatValue(), adder.doubleValue())
                        .toString(),
                "[42, 42, 42.0, 42.0]");
        if (adder.getClass() == LongAdder.class) { // the JDK's own cannot read a subclass
            LongAdder read = (LongAdder) writtenAndRead(adder);
            expect("read", read.sum(), 42L);
            read.add(1);
            expect("of its own", adder.sum(), 42L);
        }
        expect("taken", adder.sumThenReset(), 42L);
        expect("taken again", adder.sumThenReset(), 0L);
        adder.add(-7);
        expect("after that", adder.sum(), -7L);
        inThreads(() -> adder.add(2));
        expect("of threads", adder.sum(), 2L * ADDERS * 4 - 7);
    }

    private static void doubles(DoubleAdder adder, boolean promoted) throws Exception {
        KEPT.add(adder);
        long before = allocated();
        expect("at first", adder.sum(), 0.0);
        adder.add(-0.0);
        expect("a negative zero", Double.doubleToRawLongBits(adder.sum()), 0L);
        expect("promoted", allocated() - before, promoted ? CLOSABLE : 0L);
        adder.add(0.5);
        adder.add(41.75);
        adder.add(-0.25);
        expect("sum", adder.sum(), 42.0);
        expect("text", adder.toString(), "42.0");
        expect(
                "numbers",
                List.of(adder.longValue(), adder.intValue(), adder.floatValue(), adder.doubleValue())
                        .toString(),
                "[42, 42, 42.0, 42.0]");
        if (adder.getClass() == DoubleAdder.class) {
            DoubleAdder read = (DoubleAdder) writtenAndRead(adder);
            expect("read", read.sum(), 42.0);
            read.add(1);
            expect("of its own", adder.sum(), 42.0);
        }
        expect("taken", adder.sumThenReset(), 42.0);
        expect("taken again", adder.sumThenReset(), 0.0);
        adder.add(5e-324);
        expect("the least", adder.sumThenReset(), 5e-324);
        adder.add(7);
        adder.reset();
        expect("after a reset", Double.doubleToRawLongBits(adder.sum()), 0L);
        adder.add(-7);
        inThreads(() -> adder.add(2));
        expect("of threads", adder.sum(), 2.0 * ADDERS * 4 - 7);
    }

    /** What a reset took has no part in what is added later, however large it was. */
    private static void hugeNumbersLeaveNothingBehind(DoubleAdder adder) {
        KEPT.add(adder);
        for (double huge : new double[] {1e17, 1e300, -1e300, Double.MAX_VALUE, INFINITY, -INFINITY, Double.NaN}) {
            adder.add(huge);
            adder.add(1);
            if (huge != 1e17) expect("taken", adder.sumThenReset(), huge);
            else expect("reset", sumAfterReset(adder), 0.0);
            for (int i = 0; i < ADDERS; i++) adder.add(1);
            expect("after " + huge, adder.sumThenReset(), (double) ADDERS);
        }
        adder.add(INFINITY);
        adder.add(-INFINITY);
        expect("no number", adder.sum(), Double.NaN);
        expect("reset", sumAfterReset(adder), 0.0);
    }

    private static double sumAfterReset(DoubleAdder adder) {
        adder.reset();
        return adder.sum();
    }

    /** A promoted one that is cloned would have its memory in common with its clone. */
    private static long cloned() throws Exception {
        Copied adder = contended(new Copied());
        long before = allocated();
        adder.add(5);
        expect("promoted", allocated() - before, 0L);
        Copied copy = adder.copy();
        copy.add(3);
        return copy.sum();
    }

    /** What an add throws at a stack's end was not added; what it does not throw, was. */
    private static void stackEnds() throws Exception {
        LongAdder longs = contended(new LongAdder());
        DoubleAdder doubles = contended(new DoubleAdder());
        DoubleAdder reset = contended(new DoubleAdder());
        long[] added = {0, 0};
        Runnable[] works = {
            () -> {
                longs.add(1);
                added[0]++;
            },
            () -> {
                doubles.add(1);
                added[1]++;
            },
            () -> {
                reset.add(1);
                reset.reset();
            }
        };
        for (Runnable work : works) {
            Thread deep = new Thread(null, () -> descend(work), "deep", 1 << 18);
            deep.start();
            deep.join();
        }
        expect("longs at a stack's end", longs.sum(), added[0]);
        expect("doubles at a stack's end", doubles.sum(), (double) added[1]);
        for (long depth : added) if (depth < DEPTHS / 10) expect("depth", depth, DEPTHS);
        expect("cells that resets left closed", closed(reset), 0L);
        reset.reset();
        reset.add(1);
        expect("after resets at a stack's end", reset.sum(), 1.0);
    }

    /** An add there would be no failure, but slow. */
    private static long closed(DoubleAdder promoted) throws Exception {
        Field busy = Class.forName("java.util.concurrent.atomic.Striped64").getDeclaredField("cellsBusy");
        busy.setAccessible(true);
        long offset = busy.getInt(promoted);
        Method get = Class.forName("java.lang.$RseqMemory").getMethod("get", int.class, long.class);
        long closed = 0;
        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++)
            closed += (long) get.invoke(null, cpu, offset + CELL);
        return closed;
    }

    private static void descend(Runnable work) {
        try {
            descend(work);
        } catch (StackOverflowError end) {
            // from here up, each frame works
        }
        try {
            work.run();
        } catch (StackOverflowError end) {
            // nothing was done
        }
    }

    private static void freed(long before) throws InterruptedException {
        LongAdder[] adders = new LongAdder[ADDERS];
        for (int i = 0; i < ADDERS; i++) {
            adders[i] = contended(new LongAdder());
            adders[i].add(i);
        }
        expect("allocated", allocated() >= (long) ADDERS * CELL, true);
        long sum = 0;
        for (LongAdder adder : adders) sum += adder.sum();
        expect("sums", sum, (long) ADDERS * (ADDERS - 1) / 2);
        adders = null;
        KEPT.clear();
        for (int i = 0; i < 1000 && allocated() > before + CELL; i++) {
            System.gc();
            Thread.sleep(10);
        }
        expect("freed", allocated() <= before + CELL, true);
    }

    /** Where there is no room any more, adders are the JDK's. */
    private static void full() {
        List<LongAdder> adders = new ArrayList<>();
        List<DoubleAdder> doubles = new ArrayList<>();
        int alike = 0;
        while (alike < ADDERS) {
            long before = allocated();
            LongAdder adder = contended(new LongAdder());
            adder.add(1);
            adder.add(2);
            adders.add(adder);
            DoubleAdder two = contended(new DoubleAdder());
            two.add(0.5);
            two.add(2);
            doubles.add(two);
            alike = before == allocated() ? alike + 1 : 0;
        }
        long sum = 0;
        for (LongAdder adder : adders) sum += adder.sumThenReset();
        expect("sums", sum, 3L * adders.size());
        double doubleSum = 0;
        for (DoubleAdder adder : doubles) doubleSum += adder.sumThenReset();
        expect("sums of doubles", doubleSum, 2.5 * doubles.size());
    }

    private static void inThreads(Runnable work) throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int j = 0; j < ADDERS; j++) work.run();
            });
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
    }

    private static Object writtenAndRead(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    static void awaitSequences() throws InterruptedException {
        for (int i = 0; i < 6000; i++) {
            long before = allocated();
            LongAdder adder = contended(new LongAdder());
            adder.add(1);
            KEPT.add(adder);
            if (allocated() > before) return;
            Thread.sleep(10);
        }
        throw new IllegalStateException("no adder is promoted");
    }

    /** An adder whose first stage is no more. */
    static <T> T contended(T adder) {
        try {
            Class<?> striped = Class.forName("java.util.concurrent.atomic.Striped64");
            Field cells = striped.getDeclaredField("cells");
            cells.setAccessible(true);
            cells.set(adder, Array.newInstance(cells.getType().getComponentType(), 0));
            return adder;
        } catch (ReflectiveOperationException another) {
            throw new IllegalStateException(another);
        }
    }

    /** Bytes of per-CPU memory; 0 without any. */
    static long allocated() {
        try {
            return (long) Class.forName("java.lang.$RseqMemory")
                    .getMethod("allocated")
                    .invoke(null);
        } catch (ReflectiveOperationException none) {
            return 0;
        }
    }

    private static void expect(String what, Object found, Object wanted) {
        if (found.equals(wanted)) return;
        wrong++;
        new AssertionError(what + ": " + found + " and not " + wanted).printStackTrace(System.out);
    }
}
