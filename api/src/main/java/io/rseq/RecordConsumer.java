/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/** Receives the records of a {@link PerCpuBuffer}, one after the other. */
@FunctionalInterface
public interface RecordConsumer {
    /**
     * A record. The bytes are the buffer's own and change with the next record: copy what is to be kept.
     *
     * @param cpu the index that it was appended under
     * @param timestamp {@link System#nanoTime()} when it was appended; 0 in a buffer without timestamps
     */
    void accept(int cpu, long timestamp, byte[] bytes, int from, int length);
}
