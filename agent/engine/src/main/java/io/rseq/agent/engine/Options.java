/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.adopt.Words;
import io.rseq.agent.engine.ownership.Owner;
import io.rseq.agent.engine.report.Log;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the user asked for: {@code -javaagent:rseq-agent.jar=key=value,key=value}, then {@code -Drseq.key=value}, then {@code
 * RSEQ_KEY=value} (dots as underscores). The first that names a key wins; without a value it names none, but for {@code log.file}. What
 * is not understood is a warning that names the nearest match, and the default holds.
 */
public final class Options {
    private static final List<String> KEYS = List.of(
            "log",
            "log.file",
            "log.format",
            "log.max",
            "reader",
            "committer",
            "entry",
            "memory",
            "owner",
            "export",
            "exclude",
            "adopt",
            "native.path",
            "native.tmpdir");
    private static final String STDERR_IF_EMPTY = "log.file";
    private static final List<String> SWITCH = List.of("on", "off");
    private static final List<String> ENTRIES = List.of("direct", "linker");
    private static final List<String> MEMORY =
            List.of("auto", "1m", "2m", "4m", "8m", "16m", "32m", "64m", "128m", "256m");
    private static final List<String> FORMATS = List.of("text", "json");
    private static final List<String> LOG_MAX = List.of("none", "1m", "10m", "100m");
    private static final long[] LOG_MAX_BYTES = {0, 1 << 20, 10 << 20, 100 << 20};
    private static final String ADOPT = "adopt";
    private static final int FIRST_MEMORY_SHIFT = 20;
    private static final String PROPERTY_PREFIX = "rseq.";
    private static final String VARIABLE_PREFIX = "RSEQ_";

    private final Map<String, String> values = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    private final Log.Level log;
    private final boolean json;
    private final long logMax;
    private final Reader reader;
    private final Owner owner;
    private final Committer committer;
    private final boolean direct;
    private final int memoryShift;
    private final boolean export;
    private final List<String> adopted;

    private Options(String agentOptions, Map<String, String> properties, Map<String, String> variables) {
        readAgentOptions(agentOptions);
        for (Map.Entry<String, String> property : properties.entrySet()) {
            put(property.getKey().substring(PROPERTY_PREFIX.length()), property.getValue(), "-D" + property.getKey());
        }
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String key = variable.getKey()
                    .substring(VARIABLE_PREFIX.length())
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '.');
            put(key, variable.getValue(), variable.getKey());
        }
        log = Log.Level.values()[choice("log", Log.Level.words(), Log.Level.INFO.ordinal())];
        json = choice("log.format", FORMATS, 0) == 1;
        logMax = LOG_MAX_BYTES[choice("log.max", LOG_MAX, 0)];
        reader = Reader.values()[choice("reader", Reader.words(), Reader.AUTO.ordinal())];
        owner = values.containsKey("owner") ? chosenOwner() : null;
        committer = Committer.values()[choice("committer", Committer.words(), Committer.AUTO.ordinal())];
        direct = choice("entry", ENTRIES, 0) == 0;
        int memory = choice("memory", MEMORY, 0);
        memoryShift = memory == 0 ? 0 : FIRST_MEMORY_SHIFT + memory - 1;
        export = choice("export", SWITCH, 0) == 0;
        adopted = values.containsKey(ADOPT) ? chosenAdoptions() : List.of();
    }

    /** Reads all three sources of this process. */
    public static Options read(String agentOptions) {
        Map<String, String> properties = new TreeMap<>();
        for (Object key : System.getProperties().keySet().toArray()) {
            if (key instanceof String && ((String) key).startsWith(PROPERTY_PREFIX)) {
                String value = System.getProperty((String) key);
                if (value != null) properties.put((String) key, value);
            }
        }
        Map<String, String> variables = new TreeMap<>();
        if (mayHaveVariables()) {
            for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
                if (variable.getKey().startsWith(VARIABLE_PREFIX))
                    variables.put(variable.getKey(), variable.getValue());
            }
        }
        return of(agentOptions, properties, variables);
    }

    static Options of(String agentOptions, Map<String, String> properties, Map<String, String> variables) {
        return new Options(agentOptions, properties, variables);
    }

    /** What was not understood, a line each. */
    public List<String> warnings() {
        return warnings;
    }

    public Log.Level log() {
        return log;
    }

    /** The file to log to, null for stderr. */
    public String logFile() {
        String file = values.getOrDefault(STDERR_IF_EMPTY, "");
        return file.isEmpty() ? null : file;
    }

    /** Whether each line is an object of JSON. */
    public boolean logsJson() {
        return json;
    }

    /** The bytes at which a log file is begun anew, 0 for never. */
    public long logMax() {
        return logMax;
    }

    public Reader reader() {
        return reader;
    }

    /** The owner to force, null to decide. */
    public Owner owner() {
        return owner;
    }

    public Committer committer() {
        return committer;
    }

    /** Whether compiled code may call sequences without the stubs of the JDK's linker. */
    public boolean entersDirectly() {
        return direct;
    }

    /** The log2 of the bytes of per-CPU memory that each CPU is to have, 0 for none in particular. */
    public int memoryShift() {
        return memoryShift;
    }

    /** Whether libraries loaded later may bind to the agent's own area. */
    public boolean export() {
        return export;
    }

    /** Patterns of the names of classes that are not woven. */
    public List<String> excluded() {
        List<String> patterns = new ArrayList<>();
        for (String pattern : values.getOrDefault("exclude", "").split(":"))
            if (!pattern.isBlank()) patterns.add(pattern.trim());
        return patterns;
    }

    /** The words of what is to be adopted. */
    public List<String> adopted() {
        return adopted;
    }

    /** The folder to take the native libraries from instead of the jar, null for the jar. */
    public String nativePath() {
        return values.get("native.path");
    }

    /** The folder to unpack the native libraries to, or null. */
    public String nativeTmpdir() {
        return values.get("native.tmpdir");
    }

    /** A look at the raw block: System.getenv() alone costs a start 2 ms, and few set a variable of ours. */
    private static boolean mayHaveVariables() {
        try (FileInputStream environment = new FileInputStream("/proc/self/environ")) {
            return new String(environment.readAllBytes(), StandardCharsets.ISO_8859_1).contains(VARIABLE_PREFIX);
        } catch (IOException noProc) {
            return true;
        }
    }

    private void readAgentOptions(String agentOptions) {
        boolean adopting = false;
        boolean adoptsFirst = false; // a second adopt= says nothing, as with all keys
        for (String pair : agentOptions.split(",")) {
            if (pair.isBlank()) continue;
            int equals = pair.indexOf('=');
            if (equals >= 0) {
                adopting = pair.substring(0, equals).trim().equals(ADOPT);
                adoptsFirst = adopting && !values.containsKey(ADOPT);
            }
            if (equals < 0 && adopting) {
                if (adoptsFirst) values.put(ADOPT, values.getOrDefault(ADOPT, "") + ":" + pair.trim());
            } else if (equals < 0)
                warnings.add("option '" + pair.trim() + "' has no value; write key=value, key one of "
                        + String.join(", ", KEYS));
            else
                put(
                        pair.substring(0, equals).trim(),
                        pair.substring(equals + 1).trim(),
                        "option " + pair.substring(0, equals).trim());
        }
    }

    private Owner chosenOwner() {
        List<String> words = new ArrayList<>(Owner.words());
        words.add("auto");
        int chosen = choice("owner", words, words.size() - 1);
        return chosen == words.size() - 1 ? null : Owner.values()[chosen];
    }

    private List<String> chosenAdoptions() {
        List<String> words = new ArrayList<>(Words.ADOPTIONS);
        words.add(Words.ALL);
        words.add(Words.NONE);
        Set<String> chosen = new LinkedHashSet<>();
        for (String part : values.get(ADOPT).replace(',', ':').split(":")) {
            String word = part.trim().toLowerCase(Locale.ROOT);
            if (word.equals(Words.ALL)) chosen.addAll(Words.ADOPTIONS);
            else if (Words.ADOPTIONS.contains(word)) chosen.add(word);
            else if (word.equals(Words.NONE)) chosen.clear();
            else if (!word.isEmpty())
                warnings.add("unknown value adopt=" + part.trim() + "; did you mean '" + NearestMatch.of(word, words)
                        + "'? Ignored");
        }
        return new ArrayList<>(chosen);
    }

    private void put(String key, String value, String source) {
        if (KEYS.contains(key)) {
            if (!value.isEmpty() || key.equals(STDERR_IF_EMPTY)) values.putIfAbsent(key, value);
        } else warnings.add("unknown " + source + "; did you mean '" + NearestMatch.of(key, KEYS) + "'? Ignored");
    }

    private int choice(String key, List<String> words, int otherwise) {
        String value = values.get(key);
        if (value == null) return otherwise;
        int index = words.indexOf(value.toLowerCase(Locale.ROOT));
        if (index >= 0) return index;
        warnings.add("unknown value " + key + "=" + value + "; did you mean '" + NearestMatch.of(value, words)
                + "'? Using " + words.get(otherwise));
        return otherwise;
    }
}
