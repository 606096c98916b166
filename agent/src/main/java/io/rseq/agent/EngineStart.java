/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.io.File;
import java.util.Collections;
import java.util.Map;
import java.util.function.Function;

/**
 * Loads the engine on a second thread, which then goes on to prepare what the start will need. The first thread meets it in {@link
 * #apply}.
 */
final class EngineStart implements Runnable {
    private static final String ENGINE = "io.rseq.agent.engine.Engine";

    private static final String NO_THREADS =
            "this JVM starts no threads, as one that dumps an archive does; leave the agent out there";

    private File jar;
    private Function<Map<String, Object>, Object> engine;
    private Throwable failure;

    private EngineStart() {}

    /** Never fails: what went wrong, such as a security manager that forbids a thread, is thrown at the first use. */
    static EngineStart begin() {
        EngineStart start = new EngineStart();
        try {
            Thread second = new Thread(null, start, "rseq-start", 0, false);
            second.setDaemon(true);
            second.setContextClassLoader(null);
            second.start();
            // A JDK 25 that dumps a static archive returns from start() and has started nothing: JVM_StartThread,
            // CDSConfig::allow_only_single_java_thread
            if (!second.isAlive() && second.getState() == Thread.State.NEW)
                start.put(null, new IllegalStateException(NO_THREADS));
        } catch (Throwable noThread) {
            start.put(null, noThread);
        }
        return start;
    }

    @Override
    public void run() {
        Function<Map<String, Object>, Object> loaded;
        try {
            loaded = load();
        } catch (Throwable reason) {
            put(null, reason);
            return;
        }
        put(loaded, null);
        loaded.apply(Collections.emptyMap());
    }

    /** Has the engine do it; waits for the engine where need be. */
    Object apply(Map<String, Object> request) throws Throwable {
        return awaitEngine().apply(request);
    }

    /** This jar. */
    synchronized File jar() throws Throwable {
        awaitEngine();
        return jar;
    }

    private synchronized Function<Map<String, Object>, Object> awaitEngine() throws Throwable {
        boolean interrupted = false;
        while (engine == null && failure == null) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (failure != null) throw failure;
        return engine;
    }

    private synchronized void put(Function<Map<String, Object>, Object> loaded, Throwable reason) {
        engine = loaded;
        failure = reason;
        notifyAll();
    }

    @SuppressWarnings("unchecked") // Engine implements exactly this
    private Function<Map<String, Object>, Object> load() throws Exception {
        EngineLoader loader = new EngineLoader(RseqAgent.class.getProtectionDomain());
        synchronized (this) {
            jar = loader.jar();
        }
        return (Function<Map<String, Object>, Object>)
                Class.forName(ENGINE, true, loader).getDeclaredConstructor().newInstance();
    }
}
