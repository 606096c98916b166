/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

/**
 * What gives an allocation of per-CPU memory back, run by the JDK's own cleaner. It knows nothing of the object that had it, nor of that one's
 * class loader: what a cleaner holds stays alive.
 */
final class $RseqAllocation implements Runnable {
    private final long offset;
    private final long bytes;
    private boolean done;

    $RseqAllocation(long offset, long bytes) {
        this.offset = offset;
        this.bytes = bytes;
    }

    /** Gives it back, once: the second call does nothing. */
    @Override
    public synchronized void run() {
        if (done) return;
        done = true;
        $RseqCommits.free(offset, bytes);
    }
}
