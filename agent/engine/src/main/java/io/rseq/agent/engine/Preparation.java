/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.Log;

/**
 * What the second thread of the start does while the first, {@link Engine}, has the hook defined, which takes as long: it loads the classes
 * that are needed next, reads the options, and unpacks the native library. Then it follows the chain of loads from its own Thread, so that
 * the {@code raw} reader is not believed on one thread's word.
 *
 * <p>One instance for one start, two threads, its own monitor.
 */
final class Preparation implements Runnable {
    private static final String[] NEEDED = {
        "io.rseq.agent.engine.Hook",
        "io.rseq.agent.engine.Options",
        "io.rseq.agent.engine.report.Log",
        "io.rseq.agent.engine.NativeLibraryFile",
        "io.rseq.agent.engine.weave.PerCpuTransformer",
        "io.rseq.agent.engine.ownership.Journal",
        "io.rseq.agent.engine.Reader",
        "io.rseq.agent.engine.Committer",
        "io.rseq.agent.engine.weave.LoadedClasses",
        "io.rseq.agent.engine.weave.Prefilter",
        "io.rseq.agent.engine.ownership.Summary",
        "io.rseq.agent.engine.ownership.Totals",
    };

    private static final String NATIVE_LIBRARY = "librseq_jvm.so";

    private String agentOptions;
    private boolean dismissed;
    private boolean left;
    private Options options;
    private NativeLibraryFile library;
    private Throwable failure;
    private boolean called;
    private boolean answered;
    private boolean agrees;

    /** {@code left}: no thread runs it yet, {@link #begin} must start one. */
    Preparation(boolean left) {
        this.left = left;
    }

    /** The second thread's life. */
    @Override
    public void run() {
        try {
            for (String name : NEEDED) Class.forName(name);
            String text = awaitAgentOptions();
            if (text == null) return;
            Options read = Options.read(text);
            Log.configure(read.log(), read.logFile());
            put(read);
            put(NativeLibraryFile.of(NATIVE_LIBRARY, read));
            if (isCalled()) answer($Rseq.checkRaw());
        } catch (Throwable reason) { // thrown again on the first thread
            fail(reason);
        }
    }

    /**
     * Has the options read, and what follows from them made ready. Where the engine was loaded to answer a question for the status, the second
     * thread was dismissed, and another takes its place; so too where a start failed and is tried again.
     */
    synchronized void begin(String agentOptionText) {
        agentOptions = agentOptionText;
        dismissed = false;
        if (left) {
            Thread again = new Thread(null, this, "rseq-start", 0, false);
            again.setDaemon(true);
            again.setContextClassLoader(null);
            again.start();
        }
        notifyAll();
    }

    /** The options; by then the log is configured. */
    synchronized Options options() throws Throwable {
        boolean interrupted = false;
        while (options == null && failure == null) interrupted |= !sleep();
        return orThrow(options, interrupted);
    }

    /** The main library, as a file. */
    synchronized NativeLibraryFile library() throws Throwable {
        boolean interrupted = false;
        while (library == null && failure == null) interrupted |= !sleep();
        return orThrow(library, interrupted);
    }

    /** Whether the chain of loads leads to the area on the second thread, too. */
    synchronized boolean agrees() {
        called = true;
        notifyAll();
        boolean interrupted = false;
        while (!answered && failure == null) interrupted |= !sleep();
        if (interrupted) Thread.currentThread().interrupt();
        return agrees;
    }

    /** There is nothing more to do. */
    synchronized void dismiss() {
        dismissed = true;
        notifyAll();
    }

    private synchronized String awaitAgentOptions() {
        while (agentOptions == null && !dismissed) sleep();
        left = agentOptions == null;
        return agentOptions;
    }

    private synchronized boolean isCalled() {
        while (!called && !dismissed) sleep();
        return called;
    }

    private synchronized void put(Options read) {
        options = read;
        notifyAll();
    }

    private synchronized void put(NativeLibraryFile file) {
        library = file;
        notifyAll();
    }

    private synchronized void answer(boolean leadsToArea) {
        agrees = leadsToArea;
        answered = true;
        notifyAll();
    }

    private synchronized void fail(Throwable reason) {
        failure = reason;
        notifyAll();
    }

    private <T> T orThrow(T result, boolean interrupted) throws Throwable {
        if (interrupted) Thread.currentThread().interrupt();
        if (result == null) throw failure;
        return result;
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
