/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;

/**
 * The launcher: the entry points of {@code rseq-agent.jar}, and the only classes of it, with {@link EngineStart} and {@link EngineLoader},
 * that the application's class loader sees. What it must keep to:
 *
 * <ul>
 *   <li>nothing but JDK classes, and few of them: whatever is initialised here is initialised before the application's {@code main};
 *   <li>no logging framework, no lambda, no method handle;
 *   <li>no exception leaves it: the worst case is one line on stderr, and an application that runs unaccelerated.
 * </ul>
 *
 * <p>All else is the engine's, reached by one reflective call.
 */
public final class RseqAgent {
    private static final String HOOK = "java.lang.$Rseq";
    private static final String STATUS = "status=";

    /** Begins at once: since 18 the JDK initialises this class first, and then spins the method handle that calls premain, for milliseconds. */
    private static final EngineStart ENGINE = EngineStart.begin();

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
    public static void main(String[] arguments) throws Throwable {
        Map<String, Object> request = new HashMap<>();
        request.put("jar", ENGINE.jar());
        request.put("arguments", arguments);
        System.exit((Integer) ENGINE.apply(request));
    }

    private static void start(String options, Instrumentation instrumentation) {
        try {
            Map<String, Object> request = new HashMap<>();
            if (options != null
                    && options.startsWith(STATUS)) { // from the command line of this jar, in another process
                request.put("status", options.substring(STATUS.length()));
            } else if (isLoaded()) {
                System.err.println("rseq: WARN the agent is loaded already; this one does nothing;"
                        + " give -javaagent:rseq-agent.jar once");
                return;
            } else {
                request.put("options", options == null ? "" : options);
                request.put("instrumentation", instrumentation);
            }
            ENGINE.apply(request);
        } catch (Throwable failure) { // whatever it is, the application must not see it
            System.err.println("rseq: ERROR the agent could not start, the application runs unaccelerated: " + failure);
        }
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
