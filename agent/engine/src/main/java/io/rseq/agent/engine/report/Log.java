/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    private static volatile Level threshold = Level.INFO;
    private static volatile OutputStream out = new FileOutputStream(FileDescriptor.err);

    /** The one logger. */
    public static final LineLogger LOGGER = new LineLogger();

    private Log() {}

    /** Sets threshold and file; a file that can't be written is a warning on stderr. */
    public static void configure(Level level, String file) {
        threshold = level;
        if (file == null) return;
        try {
            out = new FileOutputStream(file, true);
        } catch (IOException failure) {
            LOGGER.warn("log.file={} can't be written, using stderr: {}", file, failure.getMessage());
        }
    }

    static boolean shows(Level level) {
        return threshold.shows(level);
    }

    static void write(String line) {
        try {
            out.write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException lost) {
            // a closed stderr or a full disk must not reach the application
        }
    }
}
