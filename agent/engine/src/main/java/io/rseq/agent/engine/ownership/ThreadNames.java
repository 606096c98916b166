/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.util.HashMap;
import java.util.Map;
import jdk.internal.misc.Unsafe;

/** The names of the platform threads that the JVM knows now, by the id under which the C side recorded them. */
final class ThreadNames {
    private static final int NEWCOMERS = 32;

    private ThreadNames() {}

    static Map<Long, String> read() {
        Map<Long, String> names = new HashMap<>();
        long id = id();
        for (Thread thread : all()) {
            if (thread != null) names.put(Unsafe.getUnsafe().getLong(thread, id), thread.getName());
        }
        return names;
    }

    /** Where a Thread has its id. An application may override getId(); the field is what the C side reads. */
    private static long id() {
        try {
            return Unsafe.getUnsafe().objectFieldOffset(Thread.class, "tid");
        } catch (InternalError otherJdk) {
            throw new IllegalStateException("this JVM's Thread has no 'tid': " + otherJdk, otherJdk);
        }
    }

    /** Without stacks: Thread.getAllStackTraces() would stop the world for them. */
    private static Thread[] all() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) root = root.getParent();
        Thread[] threads = new Thread[root.activeCount() + NEWCOMERS];
        while (root.enumerate(threads, true) == threads.length) threads = new Thread[2 * threads.length];
        return threads;
    }
}
