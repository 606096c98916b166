/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What {@link LockedStack} writes. */
abstract class StackFields extends LinePadding {
    static final VarHandle COUNT;
    static final VarHandle BELOW_COUNT;
    static final long[] NONE = {};

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            COUNT = lookup.findVarHandle(StackFields.class, "count", int.class);
            BELOW_COUNT = lookup.findVarHandle(StackFields.class, "belowCount", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final ShortLock lock = new ShortLock();
    final int capacity;
    long[] values = NONE;
    int count;
    boolean retired;

    /*
     * What came back while there were values here again, and how many that is, all the way down: it lies where it lay, as to put both together
     * takes memory, which there may be none of. Null while there are no values here.
     */
    LockedStack below;
    int belowCount;

    StackFields(int capacity) {
        this.capacity = capacity;
    }
}
