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

    private RseqAgent() {}

    /** {@code -javaagent:rseq-agent.jar=key=value,key=value}. */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation, false);
    }

    /** The same, loaded into a running JVM. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation, true);
    }

    /** The command line: doctor, attach, status, check. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("arguments", arguments);
        System.exit((Integer) engine(request));
    }

    private static void start(String options, Instrumentation instrumentation, boolean late) {
        try {
            if (isLoaded()) {
                System.err.println(
                        "rseq: WARN the agent is loaded already; this one does nothing; give -javaagent:rseq-agent.jar once");
                return;
            }
            Map<String, Object> request = new HashMap<>();
            request.put("options", options == null ? "" : options);
            request.put("instrumentation", instrumentation);
            request.put("late", late);
            engine(request);
        } catch (Throwable failure) { // whatever it is, the application must not see it
            System.err.println("rseq: ERROR the agent could not start, the application runs unaccelerated: " + failure);
        }
    }

    private static Object engine(Map<String, Object> request) throws Exception {
        EngineLoader loader = new EngineLoader(EngineLoader.jarOf(RseqAgent.class));
        request.put("jar", loader.jar());
        @SuppressWarnings("unchecked") // Engine implements exactly this
        Function<Map<String, Object>, Object> engine = (Function<Map<String, Object>, Object>)
                Class.forName(ENGINE, true, loader).getDeclaredConstructor().newInstance();
        return engine.apply(request);
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
