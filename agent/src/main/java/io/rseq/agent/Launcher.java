/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.lang.instrument.Instrumentation;

/**
 * The entry points of {@code rseq-agent.jar}, compiled for Java 8. {@code JAVA_TOOL_OPTIONS} brings the agent to every JVM, and a JVM that
 * can't load the agent's class ends. On a Java older than 17 this class says one line, and the application goes on. Otherwise {@link RseqAgent},
 * which an older Java could not load, does all the work.
 */
public final class Launcher {
    private static final int OLDEST = 17;
    private static final int EXIT_FAILED = 2;

    private static final String VERSION = version();
    private static final boolean OLD = isOld(VERSION);

    static {
        // At once: since 18 the JDK initialises this class first, and then spins the method handle that calls premain,
        // for milliseconds.
        if (!OLD) RseqAgent.begin();
    }

    private Launcher() {}

    /** {@code -javaagent:rseq-agent.jar=key=value,key=value}. */
    public static void premain(String options, Instrumentation instrumentation) {
        if (OLD) complain("the application runs unaccelerated");
        else RseqAgent.premain(options, instrumentation);
    }

    /** The same, loaded into a running JVM, or asked there by the command line of this jar. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        if (OLD) complain("the application runs unaccelerated");
        else RseqAgent.agentmain(options, instrumentation);
    }

    /** The command line: doctor, attach, status, check. */
    public static void main(String[] arguments) throws Throwable {
        if (OLD) {
            complain("run the command with Java 17 or newer");
            System.exit(EXIT_FAILED);
        }
        RseqAgent.main(arguments);
    }

    private static void complain(String consequence) {
        System.err.println(
                "rseq: ERROR this is Java " + VERSION + ", and rseq-agent.jar needs 17 or newer; " + consequence);
    }

    /** Up to 8 it is 1.8; since 9 it is 9. */
    private static String version() {
        try {
            return System.getProperty("java.specification.version", "");
        } catch (SecurityException forbidden) { // the start says which permission is missing
            return "";
        }
    }

    private static boolean isOld(String version) {
        try {
            return version.startsWith("1.") || Integer.parseInt(version) < OLDEST;
        } catch (NumberFormatException unknown) {
            return false;
        }
    }
}
