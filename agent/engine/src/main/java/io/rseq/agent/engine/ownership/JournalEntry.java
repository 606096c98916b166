/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One thing that happened to a thread's registration, in the log's words.
 *
 * @param thread its Java name, or its number where that is unknown
 * @param transition what happened
 * @param refcount after it, unsigned
 * @param action what a release did; null with other transitions
 * @param area its address; 0 for none
 * @param errno the error's name; null for none
 * @param nanoTime when, on the clock of {@link System#nanoTime}
 */
public record JournalEntry(
        String thread,
        int tid,
        String transition,
        String owner,
        int refcount,
        String action,
        long area,
        String errno,
        long nanoTime) {
    static final int BYTES = 128;

    /* struct journal_event */
    private static final int TIME = 0;
    private static final int JAVA_ID = 8;
    private static final int AREA = 16;
    private static final int TRANSITION = 24;
    private static final int OWNER = 28;
    private static final int ACTION = 32;
    private static final int REFCOUNT = 36;
    private static final int TID = 40;
    private static final int ERROR = 44;
    private static final int NAME_LENGTH = 48;
    private static final int NAME = 56;
    private static final String[] ACTIONS = {"none", "kept", "unregistered"};

    /** Reads the event that lies there; the buffer is one of an array. */
    static JournalEntry of(ByteBuffer events, int at) {
        Transition transition = Transition.of(events.getInt(at + TRANSITION));
        int error = events.getInt(at + ERROR);
        return new JournalEntry(
                name(events, at),
                events.getInt(at + TID),
                transition.word(),
                Owner.of(events.getInt(at + OWNER)).word(),
                events.getInt(at + REFCOUNT),
                transition == Transition.RELEASED ? ACTIONS[events.getInt(at + ACTION)] : null,
                events.getLong(at + AREA),
                error == 0 ? null : Errno.name(error),
                events.getLong(at + TIME));
    }

    private static String name(ByteBuffer events, int at) {
        int length = events.getInt(at + NAME_LENGTH);
        if (length == 0) return "#" + events.getLong(at + JAVA_ID);
        return new String(events.array(), at + NAME, length, StandardCharsets.UTF_8);
    }

    /** The everyday ones are of interest to who debugs or records; the others to everybody. */
    boolean isEveryday() {
        return transition.equals(Transition.REGISTERED.word()) || transition.equals(Transition.RELEASED.word());
    }

    /** Whether this is how a healthy process with such an owner starts. */
    boolean isExpected() {
        return transition.equals(Transition.ADOPTED.word());
    }

    /** What is the same for every thread that it happens to. */
    String kind() {
        return transition + owner + errno;
    }

    /** The log's line. Blanks of the name are underscores there, so that key=value stays what it is. */
    String line() {
        StringBuilder line = new StringBuilder(96);
        line.append("thread=").append(thread.replace(' ', '_').replace('\n', '_'));
        line.append(" tid=").append(tid).append(' ').append(transition);
        if (action == null) line.append(" owner=").append(owner);
        line.append(" refcount=").append(Integer.toUnsignedString(refcount));
        if (action != null) line.append(" action=").append(action);
        else if (area != 0) line.append(" area=0x").append(Long.toHexString(area));
        if (errno != null) line.append(" errno=").append(errno);
        return line.toString();
    }
}
