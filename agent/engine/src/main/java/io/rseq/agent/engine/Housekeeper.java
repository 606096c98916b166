/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.jfr.FlightRecording;
import io.rseq.agent.engine.management.PlatformServer;
import io.rseq.agent.engine.ownership.Journal;
import io.rseq.agent.engine.ownership.Libc;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.JdkServices;
import io.rseq.agent.engine.weave.PerCpuTransformer;

/**
 * The agent's daemon. Now and then it has the journal read, weaves what was postponed, and warns of the committer. Once the application has an MBean
 * server, it registers the agent's bean; once there is a flight recorder, it joins that.
 *
 * <p>It sleeps in Java and does not wait in native code for an event: at exit HotSpot gives a thread that is in native code up to 300 ms to
 * come out (vmOperations.cpp, {@code VM_Exit::wait_for_threads_in_native_to_block}), and the application would wait with it.
 */
final class Housekeeper extends Thread {
    private static final int SLEEP_MS = 1000;
    private static final int SLEEP_DEBUG_MS = 50;
    private static final int SECOND_SOURCE_MS = 1000;

    private final Journal journal;
    private final PerCpuTransformer transformer;
    private final JdkServices services;
    private boolean beanRegistered;
    private FlightRecording recording;
    private boolean secondSourceLogged;
    private boolean failed;

    Housekeeper(Journal journal, PerCpuTransformer transformer) {
        super(null, null, "rseq-journal", 0, false); // Linux shows 15 letters
        this.journal = journal;
        this.transformer = transformer;
        services = transformer.services();
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
                if (services.hasFlightRecorder()) sleep(pause);
                else services.awaitFlightRecorder(pause);
            } catch (InterruptedException nobodyOfOurs) {
                // the next turn comes earlier
            }
        }
    }

    private void look(long slept) {
        journal.drain();
        warnOfCommitter();
        transformer.weavePostponed();
        if (Engine.rerouting() != null) Engine.rerouting().follow();
        if (slept >= SECOND_SOURCE_MS) logSecondSource();
        if (!beanRegistered && services.hasMBeanServer()) beanRegistered = PlatformServer.register(transformer);
    }

    private void warnOnce(Throwable failure) {
        if (failed) return;
        failed = true;
        try {
            LineLogger.LOG.warn("the agent's housekeeper goes on after a failure: " + Reason.of(failure));
        } catch (Throwable unsaid) {
            failed = false;
        }
    }

    /** Joins the flight recorder once it is being made. Whether a recording wants transitions: its settings change without a word. */
    private boolean isRecorded() {
        if (recording == null && services.hasFlightRecorder()) {
            recording = new FlightRecording(journal, transformer);
            recording.join();
        }
        return recording != null && recording.follow();
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
            if (!isExiting()) LineLogger.LOG.warn(reason.getMessage());
        }
    }

    /** Whether the JVM's shutdown hooks run, beside which JNA can't start: it wants one of its own. */
    private static boolean isExiting() {
        try {
            Runtime.getRuntime().removeShutdownHook(currentThread()); // which is none
            return false;
        } catch (IllegalStateException exiting) {
            return true;
        }
    }

    /** Structures that commit otherwise than the start line said are news. */
    static void warnOfCommitter() {
        String failure = $Rseq.takeCommitsFailure();
        if (failure != null) LineLogger.LOG.warn(failure);
    }
}
