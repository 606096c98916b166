/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.log4j;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuLongStack;
import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A bounded queue for recyclers, such as Log4j's: it keeps what is offered, and gives to a CPU first what that CPU gave last, in no order of a queue.
 *
 * <pre>{@code
 * <JsonTemplateLayout recyclerFactory="queue:supplier=io.rseq.log4j.PerCpuQueue.new,capacity=64"/>
 * }</pre>
 *
 * <p><b>How.</b> Objects lie in numbered slots. The numbers of full slots are in one {@link PerCpuLongStack}, those of empty ones in another, whose
 * essay says what it promises. So neither {@code offer} nor {@code poll} shares a line with other CPUs, but for the overflow that evens both out.
 * {@code poll} may find none, and {@code offer} no room, while another CPU has some: then a recycler makes an object, or leaves one to the
 * collector. There is no looking into the queue: {@code peek} and {@code iterator} throw {@code UnsupportedOperationException}.
 *
 * @since 0.1.0
 */
public final class PerCpuQueue<T> extends AbstractQueue<T> {
    /* From slot to slot, in references: a cache line at least. */
    private static final int STRIDE = 16;

    private static final int MOST = 1 << 20;

    private final int capacity;
    private final AtomicReferenceArray<T> slots;
    private final PerCpuLongStack full;
    private final PerCpuLongStack empty;

    /**
     * Constructs an empty queue.
     *
     * @param capacity how many objects it keeps, 1 to 2^20
     * @throws IllegalArgumentException if it is another number
     */
    public PerCpuQueue(int capacity) {
        if (capacity < 1 || capacity > MOST)
            throw new IllegalArgumentException("capacity=" + capacity + " is not in 1.." + MOST);
        this.capacity = capacity;
        slots = new AtomicReferenceArray<>(capacity * STRIDE);
        int each = (capacity + Cpus.count() - 1) / Cpus.count();
        full = new PerCpuLongStack(each, capacity, Index.CPU);
        empty = new PerCpuLongStack(each, capacity, Index.CPU);
        for (int slot = 0; slot < capacity; slot++) empty.push(slot);
    }

    @Override
    public boolean offer(T object) {
        if (object == null) throw new NullPointerException("object");
        long slot = empty.pop();
        if (slot == PerCpuLongStack.EMPTY) return false;
        slots.setPlain((int) slot * STRIDE, object); // the push publishes it
        if (full.push(slot)) return true;
        slots.setPlain((int) slot * STRIDE, null);
        empty.push(slot);
        return false;
    }

    @Override
    public T poll() {
        long slot = full.pop();
        if (slot == PerCpuLongStack.EMPTY) return null;
        T object = slots.getPlain((int) slot * STRIDE);
        slots.setPlain((int) slot * STRIDE, null);
        empty.push(slot);
        return object;
    }

    /** Returns how many objects there are: an estimate while others offer and poll. */
    @Override
    public int size() {
        return (int) Math.min(capacity, full.size());
    }

    @Override
    public T peek() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterator<T> iterator() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
        return size() + " of " + capacity;
    }
}
