/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an adder of the JDK's must do, promoted or not. An adder is made to look contended by an empty table of cells, for which the package must be
 * open to this class. Prints what went wrong.
 */
public final class Adders {
    private static final int CELL = 8;
    private static final int ADDERS = 1000;
    private static final int DEPTHS = 3000;

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

    /** Its clones have the same fields. */
    static final class Copied extends LongAdder implements Cloneable {
        private static final long serialVersionUID = 1;

        Copied copy() throws CloneNotSupportedException {
            return (Copied) clone();
        }
    }

    private static void longs(LongAdder adder, boolean promoted) throws Exception {
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
        LongAdder adder = contended(new LongAdder());
        long[] added = {0};
        Thread deep = new Thread(null, () -> descend(adder, added), "deep", 1 << 18);
        deep.start();
        deep.join();
        expect("at a stack's end", adder.sum(), added[0]);
        if (added[0] < DEPTHS / 10) expect("depth", added[0], DEPTHS);
    }

    private static void descend(LongAdder adder, long[] added) {
        try {
            descend(adder, added);
        } catch (StackOverflowError end) {
            // from here up, each frame adds
        }
        try {
            adder.add(1);
            added[0]++;
        } catch (StackOverflowError end) {
            // nothing was added
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
        for (int i = 0; i < 1000 && allocated() > before + CELL; i++) {
            System.gc();
            Thread.sleep(10);
        }
        expect("freed", allocated() <= before + CELL, true);
    }

    /** Where there is no room any more, adders are the JDK's. */
    private static void full() {
        List<LongAdder> adders = new ArrayList<>();
        int alike = 0;
        while (alike < ADDERS) {
            long before = allocated();
            LongAdder adder = contended(new LongAdder());
            adder.add(1);
            adder.add(2);
            adders.add(adder);
            alike = before == allocated() ? alike + 1 : 0;
        }
        long sum = 0;
        for (LongAdder adder : adders) sum += adder.sumThenReset();
        expect("sums", sum, 3L * adders.size());
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
