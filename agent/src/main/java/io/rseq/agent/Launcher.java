/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.lang.instrument.Instrumentation;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The entry points of {@code rseq-agent.jar}. This class and {@link EngineLoader} are the only ones that the application's class loader sees. What
 * they must keep to:
 *
 * <ul>
 *   <li>nothing but JDK classes, and few of them: whatever is initialised here is initialised before the application's {@code main};
 *   <li>no logging framework, no lambda, no method handle;
 *   <li>no exception leaves it: the worst case is one line on stderr, and an application that runs unaccelerated.
 * </ul>
 *
 * <p>All else is the engine's, in three classes that implement interfaces of the JDK: {@code Engine} starts the agent, {@code StatusAnswer}
 * answers a question of the command line, {@code Command} is the command line.
 *
 * <p>This class is compiled for Java 8: {@code JAVA_TOOL_OPTIONS} brings the agent to every JVM, and a JVM that can't load the agent's class ends. On
 * a Java older than 17 it says one line, and the application goes on. It calls a static method of EngineLoader, and handles no object of that
 * class: to verify it, an older Java would have to load what it can't.
 */
public final class Launcher {
    private static final String ENGINE = "io.rseq.agent.engine.Engine";
    private static final String STATUS_ANSWER = "io.rseq.agent.engine.StatusAnswer";
    private static final String COMMAND = "io.rseq.agent.engine.cli.Command";

    private static final String STATUS = "status=";
    private static final String FORBIDDEN =
            "; the security manager's policy must grant rseq-agent.jar java.security.AllPermission";

    private static final int OLDEST = 17;
    private static final int EXIT_FAILED = 2;

    private static final String VERSION = version();
    private static final boolean OLD = isOld(VERSION);

    private Launcher() {}

    /** {@code -javaagent:rseq-agent.jar=key=value,key=value}. */
    public static void premain(String options, Instrumentation instrumentation) {
        if (OLD) complain("the application runs unaccelerated");
        else start(options == null ? "" : options, instrumentation);
    }

    /** The same, loaded into a running JVM, or asked there by the command line of this jar. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        if (!OLD && options != null && options.startsWith(STATUS)) answerStatus(options.substring(STATUS.length()));
        else premain(options, instrumentation);
    }

    /** The command line: doctor, attach, status, check. */
    @SuppressWarnings("unchecked") // Command implements exactly this
    public static void main(String[] arguments) throws Exception {
        if (OLD) {
            complain("run the command with Java 17 or newer");
            System.exit(EXIT_FAILED);
        }
        Function<String[], Integer> command = (Function<String[], Integer>) EngineLoader.instanceOf(COMMAND);
        System.exit(command.apply(arguments));
    }

    @SuppressWarnings("unchecked") // Engine implements exactly this
    private static void start(String options, Instrumentation instrumentation) {
        try {
            ((BiConsumer<String, Instrumentation>) EngineLoader.instanceOf(ENGINE)).accept(options, instrumentation);
        } catch (Throwable failure) { // whatever it is, the application must not see it
            System.err.println("rseq: ERROR the agent could not start, the application runs unaccelerated: " + failure
                    + (isForbidden(failure) ? FORBIDDEN : ""));
        }
    }

    @SuppressWarnings("unchecked") // StatusAnswer implements exactly this
    private static void answerStatus(String file) {
        try {
            ((Consumer<String>) EngineLoader.instanceOf(STATUS_ANSWER)).accept(file);
        } catch (Throwable unanswered) {
            // the command that asked finds no answer, and says so
        }
    }

    private static boolean isForbidden(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SecurityException)) cause = cause.getCause();
        return cause != null;
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
