/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.Engine;
import io.rseq.agent.engine.OwnJar;
import io.rseq.agent.engine.report.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Starts a JVM of the same kind under the agent, and explains what its start line says. */
@CommandLine.Command(
        name = "doctor",
        description = "Starts a JVM like this one under the agent and explains what it found on this machine.",
        mixinStandardHelpOptions = true)
final class Doctor implements Callable<Integer> {
    /** Variables that give every JVM options. */
    private static final String[] OPTIONS = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"};

    @CommandLine.Option(names = "--json", description = "prints one object of JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final File java = new File(System.getProperty("java.home"), "bin/java");
    private String lastWords = "it said nothing";

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> lines = startLines();
        Map<String, String> facts = facts(lines);
        boolean well = isWell(facts, lines);
        String verdict = facts.isEmpty() ? failure(lines) : well ? "all is well" : "it works, slower than it could";
        if (json) printJson(facts, lines, verdict);
        else print(facts, lines, verdict);
        if (facts.isEmpty()) return Command.EXIT_FAILED;
        return well ? 0 : Command.EXIT_DEGRADED;
    }

    private String failure(List<String> lines) {
        return lines.isEmpty()
                ? java + " ended before the agent started: " + lastWords + "; " + advice()
                : "the agent does not start here; the lines above say why";
    }

    private void print(Map<String, String> facts, List<String> lines, String verdict) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("java        " + jvm());
        for (Map.Entry<String, String> fact : facts.entrySet())
            out.printf("%-11s %-22s %s%n", fact.getKey(), fact.getValue(), meaning(fact, facts));
        for (String line : lines) if (facts.isEmpty() || isWarning(line)) out.println(line);
        out.println("verdict     " + verdict);
    }

    private void printJson(Map<String, String> facts, List<String> lines, String verdict) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("java", jvm());
        all.put("inForce", Facts.typed(facts));
        Map<String, String> meanings = new LinkedHashMap<>();
        for (Map.Entry<String, String> fact : facts.entrySet()) meanings.put(fact.getKey(), meaning(fact, facts));
        all.put("meanings", meanings);
        List<String> warnings = new ArrayList<>();
        for (String line : lines) if (isWarning(line)) warnings.add(line.substring("rseq: ".length()));
        all.put("warnings", warnings);
        all.put("verdict", verdict);
        spec.commandLine().getOut().println(Json.of(all));
    }

    private static String jvm() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    }

    private static boolean isWarning(String line) {
        return line.startsWith("rseq: WARN") || line.startsWith("rseq: ERROR");
    }

    /** What an agent has to say of its structures at once is one warning, the committer anywhere in it. */
    static boolean isWell(Map<String, String> facts, List<String> lines) {
        for (String line : lines) {
            if (line.startsWith("rseq: WARN ") && line.contains("committer=")) return false;
        }
        return facts.getOrDefault("reader", "").equals("raw");
    }

    private List<String> startLines() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                java.getPath(),
                "-D" + Engine.DOCTOR + "=true",
                "-javaagent:" + OwnJar.file() + "=log=info,log.file=", // to stderr, whatever the environment says
                "-jar",
                OwnJar.file().getPath(),
                "--version");
        for (String variable : OPTIONS) builder.environment().computeIfPresent(variable, this::withoutAgent);
        builder.redirectErrorStream(true);
        Process process = start(builder);
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("rseq: ")) hear(line);
                else if (!line.startsWith("rseq: exit")) lines.add(line);
            }
        }
        process.waitFor();
        return lines;
    }

    /** The agent that the environment gives every JVM would come first, and with options of its own for the log. */
    private String withoutAgent(String variable, String options) {
        String ours = "-javaagent:\\S*" + Pattern.quote(OwnJar.file().getName()) + "\\S*";
        return options.replaceAll(ours, "").strip();
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new IOException(failure.getMessage() + "; run doctor with a JDK or JRE that has bin/java", failure);
        }
    }

    /** Neither a stack trace's lines nor what the launcher says of every failure. */
    private void hear(String line) {
        boolean saysNothing = line.isBlank()
                || Character.isWhitespace(line.charAt(0))
                || line.startsWith("Error: Could not create the Java Virtual Machine")
                || line.startsWith("Error: A fatal exception has occurred");
        if (!saysNothing) lastWords = line;
    }

    private String advice() {
        StringBuilder set = new StringBuilder();
        for (String variable : OPTIONS) {
            if (System.getenv(variable) != null)
                set.append(set.length() == 0 ? "" : ", ").append(variable);
        }
        return set.length() == 0 ? "run it with -version to see more" : "correct or unset " + set;
    }

    /** The start line's facts. */
    private static Map<String, String> facts(List<String> lines) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : lines) if (line.startsWith("rseq: owner=")) facts.putAll(Facts.of(line));
        facts.remove("woven");
        return facts;
    }

    private static String meaning(Map.Entry<String, String> fact, Map<String, String> facts) {
        String value = fact.getValue();
        switch (fact.getKey()) {
            case "size":
                return size(value, facts.getOrDefault("kernel", ""));
            case "owner":
                return owner(value.split(" ")[0]);
            case "area":
                return value.startsWith("tp") ? "bytes from the thread pointer to the area, in every thread" : "";
            case "features":
                return features(value);
            case "cpus":
                return "CPUs this process may use / 1 + the highest possible CPU id";
            case "reader":
                return reader(value);
            case "committer":
                return committer(value);
            default:
                return "";
        }
    }

    /** Linux 7.1 and later treat an area of the original 32 bytes otherwise than a larger one. */
    static String size(String size, String kernel) {
        String said = "what the owner says of the area's size";
        String[] version = kernel.split("\\.");
        if (!size.matches("[1-9][0-9]*") || version.length != 2) return said;
        int major = Integer.parseInt(version[0]);
        if (major < 7 || major == 7 && version[1].equals("0")) return said;
        boolean original = Integer.parseInt(size) <= 32;
        return said
                + (original
                        ? "; mode legacy: ids are written at each switch"
                        : "; mode V2: ids are written when they change");
    }

    private static String features(String features) {
        if (features.equals("none")) return "no area is read, so concurrency ids are CPUs";
        return features.contains("mm_cid")
                ? "CPU, NUMA node and concurrency id"
                : "CPU alone: the kernel is older than 6.3, so concurrency ids are CPUs";
    }

    private static String owner(String owner) {
        switch (owner) {
            case "glibc":
                return "the C library registers every thread; the agent uses it and changes nothing";
            case "agent":
                return "nobody else registers threads; the agent does, and unregisters them at their end";
            case "foreign":
                return "another library registered the threads; the agent adopts its area";
            case "librseq":
                return "librseq registers the threads";
            case "unknown":
                return "another library holds the registration, where the agent can't see it";
            default:
                return "there is no registration; CPUs are asked for with getcpu";
        }
    }

    /* The JVM that doctor started has opened the sequences. */
    private static String committer(String committer) {
        switch (committer) {
            case "sequences":
                return "structures commit by restartable sequences; compiled code enters them without a thread-state transition";
            default:
                return "structures commit by atomic operations; there are no sequences here";
        }
    }

    private static String reader(String reader) {
        switch (reader) {
            case "raw":
                return "loads alone, no call; the fastest";
            case "ffm":
                return "a downcall without thread-state transition";
            case "jni":
                return "a JNI call";
            default:
                return "getcpu through JNI; the slowest";
        }
    }
}
