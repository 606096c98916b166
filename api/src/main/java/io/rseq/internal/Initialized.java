/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.concurrent.atomic.LongAdder;

/**
 * Initializes classes before an operation needs them.
 *
 * <p>A class whose initializer fails is unusable from then on: each later use throws {@code NoClassDefFoundError} (JVMS 5.5). An initializer that meets a
 * full heap fails. So a structure names the classes that only its rare paths use, and they are initialized with the structure's own class. Where the heap is
 * full at that time, the constructor throws {@code OutOfMemoryError}, and no operation is broken later.
 */
public final class Initialized {
    private Initialized() {}

    /** Initializes those classes. */
    public static void now(Class<?>... classes) {
        for (Class<?> each : classes) initialize(each.getName());
    }

    /** Returns a new adder. What threads use of it once they meet is initialized then: the JDK initializes it at the first meeting. */
    public static LongAdder longAdder() {
        LongAdder adder = new LongAdder();
        initialize("java.util.concurrent.ThreadLocalRandom");
        initialize("java.util.concurrent.atomic.Striped64$Cell");
        return adder;
    }

    /* By this class's loader, which finds the JDK's classes, too: the JDK's own loader is not everybody's to name under a security manager. */
    private static void initialize(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException anotherJdk) {
            // has no such class, and needs none
        }
    }
}
