/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What {@code $RseqCommits} does with a record that a sequence has reserved: fills it, and stores its length last. Readers wait for that. A record whose
 * writer's stack overflowed meanwhile is noted here, and becomes padding later.
 */
final class $RseqRecords {
    private static final long RECORD_DATA = 8;

    /** A record's header: its length, and above it this. */
    private static final long PADDING = 1L << Integer.SIZE;

    /** Up to here the compiler's own loop beats the call of a copying stub. */
    private static final int SHORT_COPY = 64;

    /** Records that nobody fills any more, since the stack of who should have overflowed: their addresses. */
    private static final long[] ABANDONED = new long[64];

    private static int abandoned;

    private static final Unsafe U = Unsafe.getUnsafe();

    private $RseqRecords() {}

    /**
     * Fills a record that was reserved. Nothing here allocates. Should the stack overflow all the same, in the interpreter or C1's code, the record is
     * abandoned: to note that calls nothing. (HotSpot lends such code a reserve, but prints a warning on the application's console whenever a stack
     * overflows below it.)
     *
     * @param record its header's address
     */
    @ForceInline
    static void write(long record, byte[] source, int from, int length) {
        try {
            fill(record + RECORD_DATA, source, from, length);
            U.putIntRelease(null, record, length);
        } catch (StackOverflowError overflow) {
            synchronized (ABANDONED) {
                if (abandoned < ABANDONED.length) ABANDONED[abandoned++] = record;
            }
            throw overflow;
        } catch (Throwable failure) {
            complete(record);
            throw failure;
        }
    }

    /** Called by a reader that waits, by the next append that reserves, before memory is given back, and by the engine each second. A record is nobody else's until it is complete. */
    @ForceInline
    static void completeAbandoned() {
        if (abandoned != 0) completeAllAbandoned();
    }

    @DontInline
    private static void completeAllAbandoned() {
        synchronized (ABANDONED) {
            for (; abandoned > 0; abandoned--) complete(ABANDONED[abandoned - 1]);
        }
    }

    /** What was not filled becomes padding; its header says how long it is. */
    private static void complete(long record) {
        int written = U.getInt(null, record);
        if (written < 0) U.putLong(null, record, PADDING | (written == Integer.MIN_VALUE ? 0 : -written));
    }

    // ---- copying in
    // ----------------------------------------------------------------------------------------------------------

    /** Short ones without a loop, which the compiler would unroll at more cost than the copy's: from both ends, over each other in the middle. */
    @ForceInline
    private static void fill(long to, byte[] source, int from, int length) {
        long at = $RseqMemory.bytes() + from;
        if (length > SHORT_COPY) {
            U.copyMemory(source, at, null, to, length);
        } else if (length >= 32) {
            copy32(to, source, at);
            copy32(to + length - 32, source, at + length - 32);
        } else if (length >= 16) {
            copy16(to, source, at);
            copy16(to + length - 16, source, at + length - 16);
        } else if (length >= 8) {
            copy8(to, source, at);
            copy8(to + length - 8, source, at + length - 8);
        } else if (length >= 4) {
            U.putIntUnaligned(null, to, U.getIntUnaligned(source, at));
            U.putIntUnaligned(null, to + length - 4, U.getIntUnaligned(source, at + length - 4));
        } else {
            for (int done = 0; done < length; done++) U.putByte(null, to + done, U.getByte(source, at + done));
        }
    }

    @ForceInline
    private static void copy32(long to, byte[] source, long at) {
        copy16(to, source, at);
        copy16(to + 16, source, at + 16);
    }

    @ForceInline
    private static void copy16(long to, byte[] source, long at) {
        copy8(to, source, at);
        copy8(to + 8, source, at + 8);
    }

    @ForceInline
    private static void copy8(long to, byte[] source, long at) {
        U.putLongUnaligned(null, to, U.getLongUnaligned(source, at));
    }
}
