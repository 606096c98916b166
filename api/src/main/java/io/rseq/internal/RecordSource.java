/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/** One CPU's records, as a reader takes them. One reader at a time. */
public interface RecordSource {
    /** What {@link #next} answers when there is no record to take. */
    int NONE = -1;

    /** How far it has been written to, complete or not. */
    long end();

    /** How long the first record is; {@link #NONE} when none lies before {@code end}, or when the first is still being written. */
    int next(long end);

    /** Copies the first record, of which {@link #next} said that it is {@code length} long, and lets go of its place. */
    void take(byte[] target, int length);
}
