/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.adopt.ReroutingTransformer;
import io.rseq.agent.engine.ownership.Journal;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.CommitsHook;
import io.rseq.agent.engine.weave.LoadedClasses;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The engine: what the launcher starts, in the order in which it can be followed. All that premain waits for is here. ByteBuddy, JNA and
 * the command line are not touched before they are needed, and no lambda either: the first one costs an application's start more than
 * everything here.
 *
 * <p>What it holds is the process's: the launcher makes a new one for each start, of which one succeeds.
 */
public final class Engine implements BiConsumer<String, Instrumentation> {
    /** A property of the JVM that {@code doctor} starts. */
    public static final String DOCTOR = "io.rseq.agent.doctor";

    private static final String NATIVE_LIBRARY = "librseq_jvm.so";
    private static final String AREA_LIBRARY = "librseq_area.so";

    private static volatile PerCpuTransformer transformer;
    private static volatile ReroutingTransformer rerouting;
    private static volatile Throwable failure;
    private static volatile Instrumentation instrumentation;

    /** Starts the agent, with the options of the command line; once in a process. */
    @Override
    public void accept(String agentOptions, Instrumentation instrumentation) {
        synchronized (Engine.class) {
            if (mayStart()) tryToStart(agentOptions, instrumentation);
        }
    }

    /** What weaves, and counts what it wove; null: the agent is not in force. */
    static PerCpuTransformer transformer() {
        return transformer;
    }

    /** What reroutes, and counts what it rerouted; null: there is nothing to adopt. */
    public static ReroutingTransformer rerouting() {
        return rerouting;
    }

    /** What the JVM gave to the agent that is in force. */
    static Instrumentation instrumentation() {
        return instrumentation;
    }

    /** Why the agent could not start, and what to do; null: it could, or did not try. */
    static String failure() {
        return failure == null ? null : reason() + advice();
    }

    private static boolean mayStart() {
        if (transformer != null) {
            LineLogger.LOG.warn(
                    "the agent is loaded already; this one does nothing; give -javaagent:rseq-agent.jar once");
            return false;
        }
        if (failure == null || mayTryAgain()) return true;
        LineLogger.LOG.error("the agent failed to start in this JVM before (" + reason() + ")" + advice());
        return false;
    }

    private static void tryToStart(String agentOptions, Instrumentation instrumentation) {
        try {
            start(agentOptions, instrumentation);
        } catch (NativeLibraryFile.Unavailable reason) {
            failure = reason;
            LineLogger.LOG.error(reason.getMessage() + "; the application runs unaccelerated");
        } catch (SecurityException | ExceptionInInitializerError forbidden) { // perhaps the log is, too
            failure = forbidden;
            throw forbidden; // to the launcher, whose line says what to do
        } catch (Throwable other) { // whatever it is, the application must not see it
            failure = other;
            LineLogger.LOG.error(
                    "the agent could not start, the application runs unaccelerated: " + Reason.named(other));
        }
    }

    private static void start(String agentOptions, Instrumentation given) throws Throwable {
        instrumentation = given;
        Options options = Options.read(agentOptions);
        Log.configure(options.log(), options.logsJson(), options.logFile(), options.logMax());
        for (String warning : options.warnings()) LineLogger.LOG.warn(warning);
        NativeLibraryFile library;
        try (NativeLibraryFile first = NativeLibraryFile.of(NATIVE_LIBRARY, options)) {
            RseqClass.define(instrumentation);
            library = RseqClass.open(first);
        }
        PerCpuTransformer weaving = new PerCpuTransformer(instrumentation, options.excluded());
        decideOwner(options, library);
        String facts = putInForce(options);
        Reader reader = Reader.choose(options.reader());
        Committer committer = Committer.choose(options.committer());
        $Rseq.choose(
                reader.number(),
                committer.number(),
                options.entersDirectly(),
                options.memoryShift(),
                facts + " reader=" + reader.word() + " committer=" + committer.word());
        List<String> adopted = options.adopted();
        if (!adopted.isEmpty())
            rerouting = ReroutingTransformer.of(adopted, committer, instrumentation, weaving.services());
        transformer = weaving;
        follow(instrumentation);
    }

    private static String reason() {
        return failure instanceof NativeLibraryFile.Unavailable ? failure.getMessage() : failure.toString();
    }

    /** Without the native library, nothing of it is in force but the hook, which was not opened. */
    private static boolean mayTryAgain() {
        return failure instanceof NativeLibraryFile.Unavailable && !isPermanent();
    }

    /** Whether no option and no other start helps: this machine is not supported. */
    private static boolean isPermanent() {
        return failure instanceof NativeLibraryFile.Unavailable
                && ((NativeLibraryFile.Unavailable) failure).isPermanent();
    }

    private static String advice() {
        if (isPermanent()) return "";
        return mayTryAgain() ? "; then load it again" : "; restart the JVM to try again";
    }

    /** The agent is in force: what fails from here on is not the start. */
    private static void follow(Instrumentation instrumentation) {
        try {
            if (!$Rseq.watch()) {
                LineLogger.LOG.warn("this JVM sends no thread events: threads are registered at their first use");
            }
            instrumentation.addTransformer(transformer, true);
            LoadedClasses.weave(instrumentation, transformer);
            if (rerouting != null) rerouting.start();
        } catch (Throwable failed) {
            partly(failed);
        }
        if (System.getProperty(DOCTOR) != null) tryOutSequences();
        Log.info($Rseq.description() + " woven=" + transformer.woven() + Summary.rerouted());
        try {
            Journal journal = new Journal();
            Runtime.getRuntime().addShutdownHook(new Summary(journal, transformer));
            new Housekeeper(journal, transformer).start();
        } catch (Throwable failed) {
            partly(failed);
        }
    }

    /** Without a structure, the start line's committer is a forecast; doctor wants to know. */
    private static void tryOutSequences() {
        String failure = CommitsHook.tryOut();
        if (failure != null) LineLogger.LOG.warn(failure);
    }

    private static void partly(Throwable failed) {
        LineLogger.LOG.error("the agent is in force, but not all of it: " + Reason.named(failed));
    }

    private static void decideOwner(Options options, NativeLibraryFile library) {
        int forced = options.owner() == null ? -1 : options.owner().ordinal();
        if (!$Rseq.decide(forced)) return;
        try (NativeLibraryFile area = library.beside(AREA_LIBRARY)) {
            $Rseq.openArea(area.path(), options.export());
        } catch (NativeLibraryFile.Unavailable reason) {
            LineLogger.LOG.error(reason.getMessage());
            $Rseq.openArea(null, false);
        }
    }

    /** Returns the facts of the start line. */
    private static String putInForce(Options options) {
        String text = $Rseq.start(
                Runtime.getRuntime().availableProcessors(), options.log().shows(Log.Level.DEBUG));
        int first = text.indexOf('\n');
        int second = text.indexOf('\n', first + 1);
        String ownerReason = text.substring(first + 1, second);
        int third = text.indexOf('\n', second + 1);
        String chainReason = text.substring(second + 1, third);
        String cpusReason = text.substring(third + 1);
        if (!ownerReason.isEmpty()) LineLogger.LOG.warn(ownerReason);
        if (!chainReason.isEmpty()) LineLogger.LOG.warn("reader=raw is not available: " + chainReason);
        if (!cpusReason.isEmpty()) LineLogger.LOG.warn(cpusReason);
        return text.substring(0, first);
    }
}
