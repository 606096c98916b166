/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;

/** The names of the platform threads that the JVM knows now, by the id under which the C side recorded them. */
final class ThreadNames {
    private static final int NEWCOMERS = 32;

    private ThreadNames() {}

    static Map<Long, String> read() {
        Map<Long, String> names = new HashMap<>();
        VarHandle id = id();
        for (Thread thread : all()) {
            if (thread != null) names.put((long) id.get(thread), thread.getName());
        }
        return names;
    }

    /** An application may override getId(); the field is what the C side reads. java.lang is open to the engine. */
    private static VarHandle id() {
        try {
            return MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
                    .findVarHandle(Thread.class, "tid", long.class);
        } catch (ReflectiveOperationException otherJdk) {
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
