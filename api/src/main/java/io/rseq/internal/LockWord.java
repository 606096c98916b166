/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What {@link ShortLock} writes. */
abstract class LockWord extends LinePadding {
    static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(LockWord.class, "held", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Whoever holds the lock stores false here to give it up. */
    public volatile boolean held;
}
