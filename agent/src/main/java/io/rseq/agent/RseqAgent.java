/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;

/**
 * The launcher on Java 17 and later. {@link Launcher}, this class, {@link EngineStart} and {@link EngineLoader} are the only classes of {@code
 * rseq-agent.jar} that the application's class loader sees. What they must keep to:
 *
 * <ul>
 *   <li>nothing but JDK classes, and few of them: whatever is initialised here is initialised before the application's {@code main};
 *   <li>no logging framework, no lambda, no method handle;
 *   <li>no exception leaves it: the worst case is one line on stderr, and an application that runs unaccelerated.
 * </ul>
 *
 * <p>All else is the engine's, reached by one reflective call.
 */
final class RseqAgent {
    private static final String STATUS = "status=";
    private static final String FORBIDDEN =
            "; the security manager's policy must grant rseq-agent.jar java.security.AllPermission";

    private static final EngineStart ENGINE = EngineStart.begin();

    private RseqAgent() {}

    /** Has this class initialised, which begins the start. */
    static void begin() {}

    static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    static void agentmain(String options, Instrumentation instrumentation) {
        if (options != null && options.startsWith(STATUS)) answer(options.substring(STATUS.length()));
        else start(options, instrumentation);
    }

    static void main(String[] arguments) throws Throwable {
        Map<String, Object> request = new HashMap<>();
        request.put("jar", ENGINE.jar());
        request.put("arguments", arguments);
        System.exit((Integer) ENGINE.apply(request));
    }

    private static void start(String options, Instrumentation instrumentation) {
        try {
            Map<String, Object> request = new HashMap<>();
            request.put("options", options == null ? "" : options);
            request.put("instrumentation", instrumentation);
            ENGINE.apply(request);
        } catch (Throwable failure) { // whatever it is, the application must not see it
            System.err.println("rseq: ERROR the agent could not start, the application runs unaccelerated: " + failure
                    + (isForbidden(failure) ? FORBIDDEN : ""));
        }
    }

    private static void answer(String file) {
        try {
            Map<String, Object> request = new HashMap<>();
            request.put("status", file);
            ENGINE.apply(request);
        } catch (Throwable unanswered) {
            // the command that asked finds no answer, and says so
        }
    }

    private static boolean isForbidden(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SecurityException)) cause = cause.getCause();
        return cause != null;
    }
}
