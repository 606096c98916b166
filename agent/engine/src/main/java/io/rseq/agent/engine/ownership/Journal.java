/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import io.rseq.agent.engine.management.PlatformServer;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The reading end of the native journal: a daemon that looks now and then, and logs what happened to threads' registrations. It
 * also registers the agent's bean, once the application has an MBean server.
 *
 * <p>It sleeps in Java and does not wait in native code for an event: at exit HotSpot gives a thread that is in native code up to 300 ms to
 * come out (vmOperations.cpp, {@code VM_Exit::wait_for_threads_in_native_to_block}), and the application would wait with it.
 */
public final class Journal extends Thread {
    private static final int EVENT_BYTES = 128;
    private static final int EVENTS_AT_ONCE = 256;
    private static final int SLEEP_MS = 1000;
    private static final int SLEEP_DEBUG_MS = 50;
    private static final int SECOND_SOURCE_MS = 1000;

    /* struct journal_event */
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

    private final byte[] bytes = new byte[EVENTS_AT_ONCE * EVENT_BYTES];
    private final PerCpuTransformer transformer;
    private boolean beanRegistered;
    private boolean secondSourceLogged;
    private boolean virtualRefusedLogged;
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
        int pause = Log.shows(Log.Level.DEBUG) ? SLEEP_DEBUG_MS : SLEEP_MS;
        for (long slept = 0; true; slept += pause) {
            drain();
            warnOfCommitter();
            if (slept >= SECOND_SOURCE_MS) logSecondSource();
            if (!beanRegistered && transformer.sawMBeanServer()) beanRegistered = PlatformServer.register(transformer);
            try {
                sleep(pause);
            } catch (InterruptedException nobodyOfOurs) {
                drain();
            }
        }
    }

    /**
     * In a debug log, once: what the C library itself says, for comparison with the start line. Not at the start: JNA starts
     * java.util.logging, and an application may want to choose its LogManager in main first.
     */
    synchronized void logSecondSource() {
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

    /** Logs all that the journal holds now. */
    synchronized void drain() {
        int count;
        do {
            count = $Rseq.drain(bytes);
            for (int i = 0; i < count; i++) log(i * EVENT_BYTES);
        } while (count == EVENTS_AT_ONCE);
        if (virtualRefusedLogged || !$Rseq.virtualRefused()) return;
        virtualRefusedLogged = true;
        LineLogger.LOG.warn(
                "virtual threads read their index by a native call: the way through 'carrierThread' does not"
                        + " lead to the area on this JDK");
    }

    private void log(int at) {
        Transition transition = Transition.of(events.getInt(at + TRANSITION));
        Owner owner = Owner.of(events.getInt(at + OWNER));
        StringBuilder line = new StringBuilder(96);
        line.append("thread=").append(name(at)).append(" tid=").append(events.getInt(at + TID));
        line.append(' ').append(transition.word());
        if (transition != Transition.RELEASED) line.append(" owner=").append(owner.word());
        line.append(" refcount=").append(Integer.toUnsignedString(events.getInt(at + REFCOUNT)));
        if (transition == Transition.RELEASED) line.append(" action=").append(ACTIONS[events.getInt(at + ACTION)]);
        else if (events.getLong(at + AREA) != 0)
            line.append(" area=0x").append(Long.toHexString(events.getLong(at + AREA)));
        int error = events.getInt(at + ERROR);
        if (error != 0) line.append(" errno=").append(Errno.name(error));
        if (isNews(transition, owner, error)) LineLogger.LOG.warn(line.toString());
        else LineLogger.LOG.debug(line.toString());
    }

    /** What everybody should see, once: what happens to one thread, happens to many, and the totals count them. */
    private boolean isNews(Transition transition, Owner owner, int error) {
        return !transition.isEveryday() && told.add(transition.word() + owner.word() + error);
    }

    /** The Java name, blanks as underscores so that key=value stays what it is; the number of the thread stands in where it is unknown. */
    private String name(int at) {
        int length = events.getInt(at + NAME_LENGTH);
        if (length == 0) return "#" + events.getLong(at + JAVA_ID);
        return new String(bytes, at + NAME, length, StandardCharsets.UTF_8)
                .replace(' ', '_')
                .replace('\n', '_');
    }
}
