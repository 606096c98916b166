/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The atomic way of a per-CPU stack: a {@link LockedStack} for each index, made when the first value comes, in front of the one that all
 * share. A stripe is stored once and never replaced: the compare-and-sets here never meet a value that came back.
 *
 * <p>When sequences come, each stripe is retired, one after the other, and never takes a value again: a thread that still holds it is refused
 * and goes to the shared one.
 */
public final class StripedStack {
    private static final LockedStack RETIRED = new LockedStack(0);

    private final AtomicReferenceArray<LockedStack> stripes;
    private final LockedStack shared;
    private final int capacity;
    private final int batch;

    /** Stripes of {@code capacity} values each, that exchange {@code batch} values at a time with {@code shared}. */
    public StripedStack(int stripes, int capacity, LockedStack shared, int batch) {
        this.stripes = new AtomicReferenceArray<>(stripes);
        this.capacity = capacity;
        this.shared = shared;
        this.batch = batch;
    }

    /** False: the stripe and the shared stack are full. */
    public boolean push(int index, long value) {
        LockedStack stripe = stripe(index);
        if (stripe.push(value)) return true;
        shared.takeFrom(stripe, batch);
        return stripe.push(value) || shared.push(value);
    }

    /** {@link LockedStack#EMPTY} when nothing is in the stripe nor in the shared stack. */
    public long pop(int index) {
        LockedStack stripe = stripes.get(index);
        if (stripe == null) {
            if (shared.isEmpty()) return LockedStack.EMPTY;
            stripe = stripe(index);
        }
        long value = stripe.pop();
        if (value != LockedStack.EMPTY || shared.isEmpty()) return value;
        shared.giveTo(stripe, batch);
        value = stripe.pop();
        return value != LockedStack.EMPTY ? value : shared.pop();
    }

    /** How many values are in the stripes: an estimate while others push and pop. */
    public long size() {
        long size = 0;
        for (int i = 0; i < stripes.length(); i++) {
            LockedStack stripe = stripes.get(i);
            if (stripe != null) size += stripe.size();
        }
        return size;
    }

    /** Adds how many values each stripe has. */
    public void addSizes(long[] sizes) {
        for (int i = 0; i < stripes.length(); i++) {
            LockedStack stripe = stripes.get(i);
            if (stripe != null) sizes[i] += stripe.size();
        }
    }

    /** Moves all that is in the stripes to {@code all}, which is bounded by the heap alone. */
    public void giveAllTo(LockedStack all) {
        for (int i = 0; i < stripes.length(); i++) {
            LockedStack stripe = stripes.get(i);
            if (stripe != null) stripe.giveAllTo(all);
        }
    }

    /** Retires a stripe, and returns it, for what it still holds. */
    public LockedStack retire(int index) {
        if (stripes.compareAndSet(index, null, RETIRED)) return RETIRED;
        LockedStack stripe = stripes.get(index);
        stripe.retire();
        return stripe;
    }

    private LockedStack stripe(int index) {
        LockedStack stripe = stripes.get(index);
        if (stripe != null) return stripe;
        stripes.compareAndSet(index, null, new LockedStack(capacity));
        return stripes.get(index);
    }
}
