/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the agent's lines go: the process's stderr, or {@code log.file}. One write per line, so that lines of several threads do not mix,
 * and straight to the descriptor, so that an application that replaces {@code System.err} neither loses nor blocks them.
 */
public final class Log {
    /** What is said, from nothing to everything. */
    public enum Level {
        OFF,
        WARN,
        INFO,
        DEBUG;

        /** Whether a line of that level is shown at this one. */
        public boolean shows(Level level) {
            return ordinal() >= level.ordinal();
        }

        /** The option's words for them. */
        public static List<String> words() {
            List<String> words = new ArrayList<>();
            for (Level level : values()) words.add(level.name().toLowerCase(Locale.ROOT));
            return words;
        }
    }

    /** Of a file's mode (inode(7)): its kind, and that of a character device. */
    private static final int S_IFMT = 0xF000;

    private static final int S_IFCHR = 0x2000;

    private static final OutputStream STDERR = new FileOutputStream(FileDescriptor.err);

    private static final String INFO = "INFO";

    private static volatile Level threshold = Level.INFO;
    private static volatile boolean json;
    private static volatile OutputStream out = STDERR;

    private Log() {}

    /** Sets threshold, form, file, and the bytes at which a file is begun anew; a file that can't be written is a warning on stderr. */
    public static void configure(Level level, boolean asJson, String file, long limit) {
        threshold = level;
        json = asJson;
        out = STDERR; // a start that failed may have had a file
        if (file == null) return;
        try {
            out = open(file, limit);
        } catch (IOException failure) {
            LineLogger.LOG.warn("log.file={} can't be written, using stderr: {}", file, failure.getMessage());
        }
    }

    /** Whether lines of that level are shown. */
    public static boolean shows(Level level) {
        return threshold.shows(level);
    }

    /** The line of the start and that of the exit: written without SLF4J, whose classes cost an application's start 3 ms. */
    public static void info(String message) {
        if (shows(Level.INFO)) write(INFO, message);
    }

    /**
     * To open a FIFO is to wait for its reader, perhaps for ever, and a socket can't be opened: where such a one is the process's stderr or
     * stdout already, as /dev/stderr may be, it is written to as that; any other is refused. NIO's classes are for these few alone.
     */
    private static OutputStream open(String file, long limit) throws IOException {
        File given = new File(file);
        if (!given.exists() || given.isFile() || given.isDirectory())
            return limit == 0 ? new FileOutputStream(file, true) : new BoundedFile(given, limit);
        Map<String, Object> facts = Files.readAttributes(Path.of(file), "unix:mode,fileKey");
        if (isSame(facts, "/proc/self/fd/2")) return STDERR;
        if (isSame(facts, "/proc/self/fd/1")) return new FileOutputStream(FileDescriptor.out);
        if (((Integer) facts.get("mode") & S_IFMT) == S_IFCHR) return new FileOutputStream(file, true);
        throw new IOException("it is neither a file nor a character device");
    }

    private static boolean isSame(Map<String, Object> facts, String descriptor) {
        try {
            return facts.get("fileKey").equals(Files.getAttribute(Path.of(descriptor), "unix:fileKey"));
        } catch (IOException closed) {
            return false;
        }
    }

    static void write(String level, String message) {
        try {
            String line = json ? asJson(level, message) : "rseq: ".concat(asText(level, message));
            out.write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException lost) {
            // a closed stderr or a full disk must not reach the application
        }
    }

    private static String asText(String level, String message) {
        return printable(level.equals(INFO) ? message : level.concat(" ").concat(message));
    }

    private static String asJson(String level, String message) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now());
        line.put("level", level);
        line.put("logger", "rseq");
        line.put("message", message);
        return Json.of(line);
    }

    /* Class and method names come from class files, where a line feed is as good a letter as any. */
    private static String printable(String message) {
        StringBuilder line = null;
        for (int i = 0; i < message.length(); i++) {
            if (!Character.isISOControl(message.charAt(i))) continue;
            if (line == null) line = new StringBuilder(message);
            line.setCharAt(i, '?');
        }
        return line == null ? message : line.toString();
    }
}
