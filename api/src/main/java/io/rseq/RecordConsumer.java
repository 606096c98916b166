/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/**
 * Receives the records of a {@link PerCpuBuffer}, one after the other; nothing is allocated for it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordConsumer {
    /**
     * A record: {@code length} bytes of {@code bytes}, from {@code from} on. The array is the buffer's own, and holds other records besides:
     * read no others, write none, and copy what is to be kept, for the bytes may change as soon as this returns.
     *
     * @param cpu the index that it was appended under
     * @param timestamp {@link System#nanoTime()} when it was appended; 0 in a buffer without timestamps
     */
    void accept(int cpu, long timestamp, byte[] bytes, int from, int length);
}
