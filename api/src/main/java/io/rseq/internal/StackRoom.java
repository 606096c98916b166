/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * Room on the thread's stack, asked for before values are moved from one place to another: should the stack overflow, then here, where nothing
 * was taken yet, and not in the middle, where what was taken would be lost, or here twice.
 */
public final class StackRoom {
    private static final int FRAMES = 32;

    private StackRoom() {}

    /**
     * Returns where its caller can call what calls on, some {@value #FRAMES} deep, interpreted or not.
     *
     * @throws StackOverflowError where not
     */
    public static void check() {
        deep(FRAMES, 1, 2, 3, 4);
    }

    /* Compiled frames are small: what lives across the call makes them as large as others. */
    private static long deep(int frames, long a, long b, long c, long d) {
        if (frames == 0) return a;
        return deep(frames - 1, b ^ d, c + a, d, a - b) + (a ^ b ^ c ^ d);
    }
}
