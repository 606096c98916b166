/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The reading end of the native journal: logs what happened to threads' registrations, and tells it to one who follows. */
public final class Journal {
    private static final int EVENTS_AT_ONCE = 256;

    private final byte[] bytes = new byte[EVENTS_AT_ONCE * JournalEntry.BYTES];
    private final ByteBuffer events = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    private final Set<String> told = new HashSet<>();
    private volatile Consumer<JournalEntry> follower;
    private boolean virtualRefusedLogged;

    /** Has each entry told to this one, too, from now on. */
    public void tell(Consumer<JournalEntry> each) {
        follower = each;
    }

    /** Whether registered and released are wanted, too; a debug log wants them always. Any thread. */
    public void recordsEveryday(boolean wanted) {
        $Rseq.recordEveryday(wanted || Log.shows(Log.Level.DEBUG));
    }

    /** Logs, and tells, all that the journal holds now. */
    public synchronized void drain() {
        int count;
        do {
            count = $Rseq.drain(bytes);
            for (int i = 0; i < count; i++) report(JournalEntry.of(events, i * JournalEntry.BYTES));
        } while (count == EVENTS_AT_ONCE);
        if (virtualRefusedLogged || !$Rseq.virtualRefused()) return;
        virtualRefusedLogged = true;
        LineLogger.LOG.warn(
                "virtual threads read their index by a native call: the way through 'carrierThread' does not"
                        + " lead to the area on this JDK");
    }

    private void report(JournalEntry entry) {
        Consumer<JournalEntry> each = follower;
        if (each != null) each.accept(entry);
        boolean news = isNews(entry);
        if (news && entry.isExpected()) LineLogger.LOG.info(entry.line());
        else if (news) LineLogger.LOG.warn(entry.line());
        else if (Log.shows(Log.Level.DEBUG)) LineLogger.LOG.debug(entry.line());
    }

    /** What everybody should see, once: what happens to one thread, happens to many, and the totals count them. */
    private boolean isNews(JournalEntry entry) {
        return !entry.isEveryday() && told.add(entry.kind());
    }
}
