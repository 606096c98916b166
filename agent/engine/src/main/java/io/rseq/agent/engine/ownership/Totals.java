/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

/** What was counted since the start; {@code registered = released + live}. */
public final class Totals {
    private static final Owner[] OWNERS = Owner.values();

    /* rseq_jni.c, totals0 */
    private static final int ADOPTED = 0;
    private static final int REFUSED = 1;
    private static final int REREGISTERED = 2;
    private static final int OVERFLOWED = 3;
    private static final int KERNEL_REGISTRATIONS = 4;
    private static final int KERNEL_UNREGISTRATIONS = 5;
    private static final int DROPPED = 6;
    private static final int BY_OWNER = 7;

    private final long[] values = new long[BY_OWNER + 2 * OWNERS.length];
    private long restarts;

    private Totals() {}

    /** The totals of now. */
    public static Totals read() {
        Totals totals = new Totals();
        $Rseq.totals(totals.values);
        totals.restarts = $Rseq.restarts();
        return totals;
    }

    public long registered() {
        return sum(0);
    }

    public long released() {
        return sum(OWNERS.length);
    }

    /** Registered with that owner. */
    public long registered(Owner owner) {
        return values[BY_OWNER + owner.ordinal()];
    }

    public long adopted() {
        return values[ADOPTED];
    }

    public long refused() {
        return values[REFUSED];
    }

    public long reregistered() {
        return values[REREGISTERED];
    }

    public long overflowed() {
        return values[OVERFLOWED];
    }

    /** System calls that registered an area. */
    public long kernelRegistrations() {
        return values[KERNEL_REGISTRATIONS];
    }

    /** System calls that unregistered one. */
    public long kernelUnregistrations() {
        return values[KERNEL_UNREGISTRATIONS];
    }

    public long dropped() {
        return values[DROPPED];
    }

    /** How often a sequence was restarted; 0 also where there are none. */
    public long restarts() {
        return Math.max(restarts, 0);
    }

    private long sum(int from) {
        long sum = 0;
        for (int i = 0; i < OWNERS.length; i++) sum += values[BY_OWNER + from + i];
        return sum;
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(160);
        line.append("registered=").append(registered()).append(" released=").append(released());
        line.append(" live=").append(registered() - released());
        for (Owner owner : OWNERS) {
            long count = registered(owner);
            if (count > 0)
                line.append(" owner.").append(owner.word()).append('=').append(count);
        }
        line.append(" adopted=").append(values[ADOPTED]).append(" refused=").append(values[REFUSED]);
        line.append(" reregistered=")
                .append(values[REREGISTERED])
                .append(" overflowed=")
                .append(values[OVERFLOWED]);
        line.append(" syscalls.register=").append(values[KERNEL_REGISTRATIONS]);
        line.append(" syscalls.unregister=").append(values[KERNEL_UNREGISTRATIONS]);
        line.append(" dropped=").append(values[DROPPED]);
        if (restarts >= 0) line.append(" restarts=").append(restarts);
        return line.toString();
    }
}
