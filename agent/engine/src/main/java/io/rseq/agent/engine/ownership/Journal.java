/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import io.rseq.agent.engine.jfr.FlightRecording;
import io.rseq.agent.engine.management.PlatformServer;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * The reading end of the native journal: a daemon that looks now and then, and logs what happened to threads' registrations. It
 * also registers the agent's bean, once the application has an MBean server, and joins the flight recorder, once there is one.
 *
 * <p>It sleeps in Java and does not wait in native code for an event: at exit HotSpot gives a thread that is in native code up to 300 ms to
 * come out (vmOperations.cpp, {@code VM_Exit::wait_for_threads_in_native_to_block}), and the application would wait with it.
 */
public final class Journal extends Thread {
    private static final int EVENTS_AT_ONCE = 256;
    private static final int SLEEP_MS = 1000;
    private static final int SLEEP_DEBUG_MS = 50;
    private static final int SECOND_SOURCE_MS = 1000;

    private final byte[] bytes = new byte[EVENTS_AT_ONCE * JournalEntry.BYTES];
    private final PerCpuTransformer transformer;
    private boolean beanRegistered;
    private boolean recorderSought;
    private volatile FlightRecording recording;
    private boolean secondSourceLogged;
    private boolean virtualRefusedLogged;
    private boolean failed;
    private final Set<String> told = new HashSet<>();
    private final ByteBuffer events = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());

    public Journal(PerCpuTransformer transformer) {
        super(null, null, "rseq-journal", 0, false);
        this.transformer = transformer;
        setDaemon(true);
        setContextClassLoader(null);
    }

    @Override
    public void run() {
        int pause;
        for (long slept = 0; true; slept += pause) {
            pause = SLEEP_MS;
            try {
                if (isRecorded() || Log.shows(Log.Level.DEBUG)) pause = SLEEP_DEBUG_MS;
                look(slept);
            } catch (Throwable failure) { // such as a heap that is full just now: the next turn is another
                warnOnce(failure);
            }
            try {
                if (recorderSought) sleep(pause);
                else transformer.awaitFlightRecorder(pause);
            } catch (InterruptedException nobodyOfOurs) {
                // the next turn comes earlier
            }
        }
    }

    private void look(long slept) {
        drain();
        warnOfCommitter();
        transformer.weavePostponed();
        if (slept >= SECOND_SOURCE_MS) logSecondSource();
        if (!beanRegistered && transformer.sawMBeanServer()) beanRegistered = PlatformServer.register(transformer);
    }

    private void warnOnce(Throwable failure) {
        if (failed) return;
        failed = true;
        try {
            LineLogger.LOG.warn("the journal's reader goes on after a failure: " + Reason.of(failure));
        } catch (Throwable unsaid) {
            failed = false;
        }
    }

    /** Joins the flight recorder once it is being made. Whether a recording wants transitions: its settings change without a word. */
    private boolean isRecorded() {
        if (!recorderSought && transformer.sawFlightRecorder()) {
            recorderSought = true;
            recording = new FlightRecording(this, transformer);
            recording.join();
        }
        FlightRecording flight = recording;
        return flight != null && flight.follow();
    }

    /**
     * In a debug log, once: what the C library itself says, for comparison with the start line. Not at the start: JNA starts
     * java.util.logging, and an application may want to choose its LogManager in main first. Not at exit, and under no lock that the exit
     * takes: JNA waits for locks of the JDK that the application may hold.
     */
    private void logSecondSource() {
        if (secondSourceLogged || !Log.shows(Log.Level.DEBUG)) return;
        secondSourceLogged = true;
        try {
            LineLogger.LOG.debug(Libc.open().toString());
        } catch (IllegalStateException reason) {
            LineLogger.LOG.warn(reason.getMessage());
        }
    }

    /** Structures that commit otherwise than the start line said are news. */
    void warnOfCommitter() {
        String failure = $Rseq.takeCommitsFailure();
        if (failure != null) LineLogger.LOG.warn(failure);
    }

    /** Whether registered and released are wanted, too; a debug log wants them always. Any thread. */
    public void recordsEveryday(boolean wanted) {
        $Rseq.recordEveryday(wanted || Log.shows(Log.Level.DEBUG));
    }

    /** Logs, and records, all that the journal holds now. */
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
        FlightRecording flight = recording;
        if (flight != null) flight.transition(entry);
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
