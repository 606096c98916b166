/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import java.lang.instrument.Instrumentation;

/**
 * The second thread of the start. It defines the hook while the first reads the options and unpacks the native library; then it follows
 * the chain of loads from its own Thread, so that the {@code raw} reader is not believed on one thread's word.
 */
final class StartThread extends Thread {
    /** What the first thread needs after the hook. */
    private static final String[] NEEDED_NEXT = {
        "io.rseq.agent.engine.Reader",
        "io.rseq.agent.engine.Committer",
        "io.rseq.agent.engine.weave.LoadedClasses",
        "io.rseq.agent.engine.weave.Prefilter",
        "io.rseq.agent.engine.ownership.Totals",
    };

    private final Instrumentation instrumentation;
    private Throwable failure;
    private boolean defined;
    private boolean called;
    private boolean witness;
    private boolean agrees;

    StartThread(Instrumentation instrumentation) {
        super(null, null, "rseq-start", 0, false);
        this.instrumentation = instrumentation;
        setDaemon(true);
        setContextClassLoader(null);
    }

    @Override
    public void run() {
        Throwable thrown = null;
        try {
            Hook.define(instrumentation);
        } catch (Throwable reason) { // thrown again on the first thread
            thrown = reason;
        }
        synchronized (this) {
            failure = thrown;
            defined = true;
            notifyAll();
        }
        loadAhead();
        if (isCalledAsWitness()) agrees = $Rseq.checkRaw();
    }

    private synchronized boolean isCalledAsWitness() {
        boolean interrupted = false;
        while (!called) interrupted |= !sleep();
        return witness && !interrupted;
    }

    /** Either thread, whichever has the time: the first while it waits for the hook, the second once it is defined. */
    private static void loadAhead() {
        try {
            for (String name : NEEDED_NEXT) Class.forName(name);
        } catch (ClassNotFoundException later) {
            // it is met again where the class is needed, and said there
        }
    }

    /** Returns when the hook is defined, or throws why it can't be. */
    void awaitHook() throws Throwable {
        if (!isDefined()) loadAhead();
        awaitDefinition();
    }

    private synchronized boolean isDefined() {
        return defined;
    }

    private synchronized void awaitDefinition() throws Throwable {
        boolean interrupted = false;
        while (!defined) interrupted |= !sleep();
        if (interrupted) Thread.currentThread().interrupt();
        if (failure != null) throw failure;
    }

    /** Whether the chain of loads leads to the area on this thread, too. */
    boolean agrees() {
        call(true);
        boolean interrupted = false;
        while (true) {
            try {
                join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return agrees;
    }

    /** There is nothing to witness. Harmless after {@link #agrees()}. */
    void dismiss() {
        call(false);
    }

    private synchronized void call(boolean asWitness) {
        if (!called) witness = asWitness;
        called = true;
        notifyAll();
    }

    /** False when it was interrupted. The caller holds the monitor. */
    private boolean sleep() {
        try {
            wait();
            return true;
        } catch (InterruptedException interruption) {
            return false;
        }
    }
}
