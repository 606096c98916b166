/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What {@link LockedStack} writes. */
abstract class StackFields extends Turn {
    static final VarHandle COUNT;
    static final long[] NONE = {};

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(StackFields.class, "count", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final int capacity;
    long[] values = NONE;
    int count;
    boolean retired;

    StackFields(int capacity) {
        this.capacity = capacity;
    }
}
