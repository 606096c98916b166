/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.jfr;

import io.rseq.agent.engine.NamedStructures;
import io.rseq.agent.engine.ownership.Journal;
import io.rseq.agent.engine.ownership.JournalEntry;
import io.rseq.agent.engine.ownership.Totals;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.util.function.Consumer;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;

/**
 * The agent's events in the application's flight recordings. The recorder is never started here. Not loaded before it is there: a runtime
 * image may lack jdk.jfr altogether.
 *
 * <p>At the end of a chunk the recorder has the journal read: a recording that is dumped or stopped, also by the end of the process, holds
 * what happened up to then, without waiting for the agent's daemon.
 */
public final class FlightRecording implements FlightRecorderListener, Consumer<JournalEntry> {
    private final Journal journal;
    private final PerCpuTransformer transformer;
    private volatile EventType transitions;

    public FlightRecording(Journal journal, PerCpuTransformer transformer) {
        this.journal = journal;
        this.transformer = transformer;
    }

    /** Waits for the recorder where it is being made. Where the events are not available, a warning says why. */
    public void join() {
        try {
            journal.tell(this);
            FlightRecorder.addListener(this);
        } catch (Throwable failure) { // a security manager, or a JDK where all this is otherwise
            warn(failure);
        }
    }

    /** Before the first recording runs; or now, where there was one before the agent. */
    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        try {
            journal.recordsEveryday(true); // before somebody can see that the event is enabled
            FlightRecorder.register(TransitionEvent.class);
            FlightRecorder.addPeriodicEvent(TransitionEvent.class, journal::drain);
            FlightRecorder.addPeriodicEvent(TotalsEvent.class, this::totals);
            FlightRecorder.addPeriodicEvent(StructureEvent.class, FlightRecording::structures);
            transitions = EventType.getEventType(TransitionEvent.class);
            follow();
        } catch (Throwable failure) { // it is the application's thread
            warn(failure);
        }
    }

    /** The thread that started or stopped it. */
    @Override
    public void recordingStateChanged(Recording recording) {
        follow();
    }

    /** Has the journal hold everyday transitions while a recording wants them; says whether one does. */
    public synchronized boolean follow() {
        EventType type = transitions;
        boolean wanted = type != null && type.isEnabled();
        journal.recordsEveryday(wanted);
        return wanted;
    }

    /** Writes a transition to the recordings that want it. */
    @Override
    public void accept(JournalEntry entry) {
        if (transitions == null) return; // the recorder is being made
        TransitionEvent event = new TransitionEvent();
        if (!event.shouldCommit()) return;
        event.fill(entry);
        event.commit();
    }

    /** The totals, at the beginning and end of each chunk, or at the period that a recording asks for. */
    private void totals() {
        journal.drain(); // what they count is in the recording before them
        TotalsEvent event = new TotalsEvent();
        event.fill(Totals.read(), transformer);
        event.commit();
    }

    private static void structures() {
        NamedStructures.figures()
                .forEach((name, figures) -> figures.forEach((figure, value) -> {
                    StructureEvent event = new StructureEvent();
                    event.fill(name, figure, value);
                    event.commit();
                }));
    }

    private static void warn(Throwable failure) {
        LineLogger.LOG.warn(
                "rseq.Transition, rseq.Totals and rseq.Structure can't be recorded: {}", Reason.named(failure));
    }
}
