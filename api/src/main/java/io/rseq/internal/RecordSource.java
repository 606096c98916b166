/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * One CPU's records, as a reader takes them: as many at once as are complete and find room. One reader at a time.
 *
 * <p>Taking is two steps, so that a reader whose stack overflows between them has what it took, once: {@link #take} copies, and what it
 * copied it does not copy again; {@link #letGo} gives the places back to the writers.
 */
public interface RecordSource {
    /** Bytes before each record's own, where {@link #take} puts it: its length, and {@link #PADDING} or 0, 4 bytes each. */
    int HEADER = 8;

    /** Says that what follows is no record. */
    int PADDING = 1;

    /** Where records and their headers begin: multiples of that. */
    int GRANULE = 8;

    /** Bytes that are taken at once, but for a longer record: so few that they stay in the first-level cache until they are handed out. */
    int CHUNK = 1 << 13;

    /** How far it has been written to, complete or not. */
    long end();

    /**
     * Copies records, from the first on that was not taken yet, to the beginning of {@code target}, each behind its header. Takes none from
     * {@code end} on, and none behind one that is still being written.
     *
     * @param target has room for the longest record, in a multiple of {@link #GRANULE}
     * @return how many bytes of {@code target} they fill; 0 when there is nothing to take
     */
    int take(long end, byte[] target);

    /** Whether all that lies before {@code end} was taken: not where {@link #take} answers 0 at a record that is still being written. */
    boolean tookAll(long end);

    /** Lets writers have the places of what was taken. */
    void letGo();

    /** How many bytes one takes in {@link #take}'s target. */
    static long size(int length) {
        return (long) length + HEADER + GRANULE - 1 & -GRANULE;
    }
}
