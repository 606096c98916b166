/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

/** One thread of the ledger; its getters are the columns that a management console shows. */
public final class LedgerRow {
    private final String thread;
    private final int tid;
    private final String owner;
    private final long area;
    private final int length;
    private final long refcount;
    private final long since;
    private final long reregistered;
    private final boolean readsArea;

    LedgerRow(
            String thread,
            int tid,
            String owner,
            long area,
            int length,
            long refcount,
            long since,
            long reregistered,
            boolean readsArea) {
        this.thread = thread;
        this.tid = tid;
        this.owner = owner;
        this.area = area;
        this.length = length;
        this.refcount = refcount;
        this.since = since;
        this.reregistered = reregistered;
        this.readsArea = readsArea;
    }

    /** The Java name, {@code ?} where the JVM does not know the thread, or no longer. */
    public String getThread() {
        return thread;
    }

    /** The kernel's number of it. */
    public int getTid() {
        return tid;
    }

    /** Who registered this thread's area. */
    public String getOwner() {
        return owner;
    }

    /** The area's address, {@code none} for a thread that was refused. */
    public String getArea() {
        return area == 0 ? "none" : "0x" + Long.toHexString(area);
    }

    /** The registered length in bytes. */
    public int getLength() {
        return length;
    }

    /** Users of the area, as the agent last saw it. */
    public long getRefcount() {
        return refcount;
    }

    /** Seconds since it was counted in. */
    public long getSince() {
        return since;
    }

    /** How often somebody unregistered the area under its users. */
    public long getReregistered() {
        return reregistered;
    }

    /** Where an index on this thread comes from: {@code area}, or {@code getcpu} for a thread that was refused. */
    public String getIndex() {
        return readsArea ? "area" : "getcpu";
    }

    @Override
    public String toString() {
        return "thread=" + oneWord(thread) + " tid=" + tid + " owner=" + owner + " area=" + getArea() + " length="
                + length + " refcount=" + refcount + " since=" + since + " reregistered=" + reregistered + " index="
                + getIndex();
    }

    /** So that key=value stays what it is. */
    private static String oneWord(String name) {
        StringBuilder word = new StringBuilder(name);
        for (int i = 0; i < word.length(); i++) {
            char letter = word.charAt(i);
            if (Character.isWhitespace(letter) || Character.isISOControl(letter)) word.setCharAt(i, '_');
        }
        return word.toString();
    }
}
