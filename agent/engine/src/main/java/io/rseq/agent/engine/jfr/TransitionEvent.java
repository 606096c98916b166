/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.jfr;

import io.rseq.agent.engine.ownership.JournalEntry;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;

/** A transition of a thread's registration: the log's line, field by field. The thread that writes it is the journal's, or the recorder's. */
@Name("rseq.Transition")
@Label("Transition")
@Category("rseq")
@Description("What happened to a thread's rseq registration; written when the journal is read, within a second of it")
@Period("endChunk") // when the journal is read besides
@StackTrace(false)
final class TransitionEvent extends Event {
    private static final int NANOS_PER_MILLI = 1_000_000;

    @Label("Time of the Transition")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long time;

    @Label("Thread Name")
    String thread;

    @Label("Kernel Thread Id")
    int tid;

    @Label("Transition")
    String transition;

    @Label("Owner")
    String owner;

    @Label("Refcount")
    @Description("After the transition")
    long refcount;

    @Label("Action")
    @Description("Of a release")
    String action;

    @Label("Area")
    @MemoryAddress
    long area;

    @Label("Errno")
    String errno;

    void fill(JournalEntry entry) {
        time = System.currentTimeMillis() - (System.nanoTime() - entry.nanoTime()) / NANOS_PER_MILLI;
        thread = entry.thread();
        tid = entry.tid();
        transition = entry.transition();
        owner = entry.owner();
        refcount = Integer.toUnsignedLong(entry.refcount());
        action = entry.action();
        area = entry.area();
        errno = entry.errno();
    }
}
