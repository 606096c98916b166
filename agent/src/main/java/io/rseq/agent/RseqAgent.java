/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The launcher: the entry points of {@code rseq-agent.jar}, and the only classes of it, with {@link EngineLoader}, that the
 * application's class loader sees. What it must keep to:
 *
 * <ul>
 *   <li>nothing but JDK classes, and few of them: whatever is initialised here is initialised before the application's {@code main};
 *   <li>no logging framework, no lambda, no method handle, no thread;
 *   <li>no exception leaves it: the worst case is one line on stderr, and an application that runs unaccelerated.
 * </ul>
 *
 * <p>All else is the engine's, reached by one reflective call.
 */
public final class RseqAgent {
    private static final String ENGINE = "io.rseq.agent.engine.Engine";
    private static final String HOOK = "java.lang.$Rseq";
    private static final String STATUS = "status=";

    /** The engine in force, for those who ask for its status later. */
    private static Function<Map<String, Object>, Object> running;

    private RseqAgent() {}

    /** {@code -javaagent:rseq-agent.jar=key=value,key=value}. */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /** The same, loaded into a running JVM. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /** The command line: doctor, attach, status, check. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("arguments", arguments);
        System.exit((Integer) engine(request).apply(request));
    }

    private static void start(String options, Instrumentation instrumentation) {
        try {
            Map<String, Object> request = new HashMap<>();
            if (options != null
                    && options.startsWith(STATUS)) { // from the command line of this jar, in another process
                request.put("status", options.substring(STATUS.length()));
                if (running != null) running.apply(request);
                return;
            }
            if (isLoaded()) {
                System.err.println("rseq: WARN the agent is loaded already; this one does nothing;"
                        + " give -javaagent:rseq-agent.jar once");
                return;
            }
            request.put("options", options == null ? "" : options);
            request.put("instrumentation", instrumentation);
            running = engine(request);
            running.apply(request);
        } catch (Throwable failure) { // whatever it is, the application must not see it
            System.err.println("rseq: ERROR the agent could not start, the application runs unaccelerated: " + failure);
        }
    }

    @SuppressWarnings("unchecked") // Engine implements exactly this
    private static Function<Map<String, Object>, Object> engine(Map<String, Object> request) throws Exception {
        EngineLoader loader = new EngineLoader(EngineLoader.jarOf(RseqAgent.class));
        request.put("jar", loader.jar());
        return (Function<Map<String, Object>, Object>)
                Class.forName(ENGINE, true, loader).getDeclaredConstructor().newInstance();
    }

    private static boolean isLoaded() {
        try {
            Class.forName(HOOK, false, null);
            return true;
        } catch (ClassNotFoundException first) {
            return false;
        }
    }
}
