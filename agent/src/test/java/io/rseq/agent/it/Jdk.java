/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A JDK to launch programs with. The first is the one that runs the tests; the others are its neighbours in the folder where it is
 * installed, and those that {@code TEST_JDKS} lists, separated like a class path. Older than 17 is not supported, and left out.
 * With the Maven profile {@code fast} there is the first alone.
 */
record Jdk(Path home, int feature, String version) {
    private static final int OLDEST = 17;
    static final boolean FAST = Boolean.getBoolean("rseq.fast");
    private static final List<Jdk> ALL = find();

    /** All of them, the default first. */
    static List<Jdk> all() {
        return ALL;
    }

    /** The one that runs the tests. */
    static Jdk standard() {
        return ALL.get(0);
    }

    boolean isStandard() {
        return equals(standard());
    }

    boolean hasVirtualThreads() {
        return feature >= 21;
    }

    String tool(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    @Override
    public String toString() {
        return "jdk-" + version;
    }

    private static List<Jdk> find() {
        List<Path> homes = new ArrayList<>();
        Path own = real(Path.of(System.getProperty("java.home")));
        homes.add(own);
        if (FAST) return List.of(at(own));
        try (Stream<Path> neighbours = Files.list(own.getParent())) {
            neighbours.sorted().forEach(homes::add);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        String more = System.getenv("TEST_JDKS");
        if (more != null) {
            for (String home : more.split(File.pathSeparator)) {
                if (!home.isBlank()) homes.add(Path.of(home.trim()));
            }
        }
        Map<Path, Jdk> found = new LinkedHashMap<>();
        for (Path home : homes) {
            Jdk jdk = at(home);
            if (jdk != null && jdk.feature >= OLDEST) found.putIfAbsent(jdk.home, jdk);
        }
        return List.copyOf(found.values());
    }

    /** Null: no JDK lies there. */
    private static Jdk at(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) return null;
        Properties facts = new Properties();
        try (var in = Files.newInputStream(release)) {
            facts.load(in);
        } catch (IOException unreadable) {
            return null;
        }
        String version = facts.getProperty("JAVA_VERSION", "").replace("\"", "");
        String first = version.split("[^0-9]")[0];
        return first.isEmpty() ? null : new Jdk(real(home), Integer.parseInt(first), version);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
