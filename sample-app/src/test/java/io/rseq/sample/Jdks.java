/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The JDKs to test on: the one that runs, those that lie beside it, and those that {@code TEST_JDKS} lists, an environment variable
 * or a system property, as a path list.
 */
public final class Jdks {
    static final String LIST = "TEST_JDKS";

    private static final int OLDEST = 17;

    private Jdks() {}

    /** One of them. */
    public record Jdk(Path home, int feature) {
        public Path java() {
            return home.resolve("bin/java");
        }

        @Override
        public String toString() {
            return "JDK " + feature + " (" + home.getFileName() + ")";
        }
    }

    /** Each real folder once, whatever links lead to it; at least the one that runs. */
    public static List<Jdk> all() {
        TreeMap<Path, Jdk> found = new TreeMap<>();
        Path running = Path.of(System.getProperty("java.home"));
        add(found, running);
        if (!found.containsKey(real(running)))
            found.put(real(running), new Jdk(real(running), Runtime.version().feature()));
        try (Stream<Path> beside = Files.list(running.toAbsolutePath().getParent())) {
            beside.forEach(home -> add(found, home));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        for (String list : new String[] {System.getenv(LIST), System.getProperty(LIST)}) {
            if (list == null) continue;
            for (String home : list.split(File.pathSeparator)) {
                if (home.isBlank()) continue;
                if (!add(found, Path.of(home.trim())))
                    throw new IllegalStateException(
                            LIST + " names '" + home + "', which is no JDK " + OLDEST + " or newer");
            }
        }
        return new ArrayList<>(found.values());
    }

    private static boolean add(TreeMap<Path, Jdk> found, Path home) {
        if (!Files.isExecutable(home.resolve("bin/java"))) return false;
        int feature = feature(home.resolve("release"));
        if (feature < OLDEST) return false;
        found.put(real(home), new Jdk(real(home), feature));
        return true;
    }

    /** From {@code JAVA_VERSION="17.0.15"}; 0 when it is not said. */
    private static int feature(Path release) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            properties.load(in);
            return Runtime.Version.parse(
                            properties.getProperty("JAVA_VERSION", "\"1\"").replace("\"", ""))
                    .feature();
        } catch (IOException | IllegalArgumentException unknown) {
            return 0;
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
