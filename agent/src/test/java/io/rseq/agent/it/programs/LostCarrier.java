/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Virtual threads in a JDK whose VirtualThread has no field {@code carrierThread}: as if it had none, the hook forgets where that is. */
public final class LostCarrier {
    private static final int THREADS = 50;
    private static final int READS = 1000;

    private LostCarrier() {}

    public static void main(String[] arguments) throws Exception {
        Field offset = Class.forName("java.lang.$Rseq").getDeclaredField("carrierThread");
        offset.setAccessible(true);
        offset.setLong(null, 0);
        AtomicInteger outOfRange = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        Runnable reads = () -> {
            for (int i = 0; i < READS; i++) {
                int index = Cpus.index();
                if (index < 0 || index >= Cpus.count()) outOfRange.incrementAndGet();
            }
        };
        for (int i = 0; i < THREADS; i++)
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, reads));
        for (Thread thread : threads) thread.join();
        System.out.println("outOfRange=" + outOfRange);
    }
}
