/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

/**
 * The second thread of the start. While the first installs the hook, it loads the classes that are needed next; then it follows the chain
 * of loads from its own Thread, so that the {@code raw} reader is not believed on one thread's word.
 */
final class Witness extends Thread {
    private static final String PACKAGE = "io.rseq.agent.engine.";
    private static final String[] NEEDED_NEXT = {
        PACKAGE + "Reader",
        PACKAGE + "ownership.Journal",
        PACKAGE + "weave.PerCpuTransformer",
        PACKAGE + "weave.Prefilter",
        PACKAGE + "weave.LoadedClasses",
        PACKAGE + "ownership.Summary",
        PACKAGE + "ownership.Totals",
        "org.slf4j.event.Level",
    };

    private boolean called;
    private boolean hookInstalled;
    private boolean agrees;

    Witness() {
        super(null, null, "rseq-start", 0, false);
        setDaemon(true);
        setContextClassLoader(null);
    }

    @Override
    public void run() {
        try {
            for (String name : NEEDED_NEXT) Class.forName(name);
        } catch (ClassNotFoundException later) {
            return; // the first thread will meet it, and say so
        }
        if (awaitCall()) agrees = $Rseq.checkRaw();
    }

    /** Whether the chain of loads leads to the area on this witness's thread. Returns when it has ended. */
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

    private synchronized void call(boolean installed) {
        if (!called) hookInstalled = installed;
        called = true;
        notifyAll();
    }

    private synchronized boolean awaitCall() {
        while (!called) {
            try {
                wait();
            } catch (InterruptedException nobodyOfOurs) {
                return false;
            }
        }
        return hookInstalled;
    }
}
