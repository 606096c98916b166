/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Does what a Dockerfile says without an engine: each stage is a folder that stands for its root, and each absolute path is one below it. Base images
 * are left out: their java and jar are those of a JDK that is here.
 */
final class Dockerfile {
    /** A path that begins at the root, not one's later part. */
    private static final Pattern ABSOLUTE = Pattern.compile("(?<![\\w.)/-])/(?=\\w)");

    private final Path file;
    private final Path bin;
    private final Map<String, Path> stages = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> images = new ArrayList<>();
    private List<String> entryPoint = List.of();
    private String user = "root";
    private Path root;

    Dockerfile(Path file, Path bin) {
        this.file = file;
        this.bin = bin;
    }

    /** Builds all stages below a folder. */
    void build(Path context, Path below) throws IOException, InterruptedException {
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) continue;
            String[] parts = line.split(" ", 2);
            switch (parts[0]) {
                case "FROM" -> from(parts[1].split(" "), below);
                case "COPY" -> copy(parts[1].split(" "), context);
                case "RUN" -> run(parts[1]);
                case "ENV" -> {
                    String[] variable = parts[1].split("=", 2);
                    environment.put(variable[0], inRoot(variable[1]));
                }
                case "USER" -> user = parts[1];
                case "EXPOSE" -> {}
                case "ENTRYPOINT" ->
                    entryPoint = Stream.of(parts[1].split("[\\[\\],\" ]+"))
                            .filter(word -> !word.isEmpty())
                            .map(this::inRoot)
                            .toList();
                default -> throw new AssertionError("not known here: " + line);
            }
        }
    }

    private void from(String[] words, Path below) throws IOException {
        images.add(words[0]);
        String name = words.length > 2 ? words[2] : "last";
        root = Files.createDirectories(below.resolve(name));
        stages.put(name, root);
        environment.clear();
    }

    /** A folder's content, or a file, into a folder. */
    private void copy(String[] words, Path context) throws IOException {
        int first = words[0].startsWith("--from=") ? 1 : 0;
        Path source = first == 1
                ? stages.get(words[0].substring("--from=".length())).resolve("." + words[1])
                : context.resolve(words[0]);
        assertThat(words[first + 1]).endsWith("/");
        Path target = Files.createDirectories(root.resolve("." + words[first + 1]));
        try (Stream<Path> files = Files.isDirectory(source) ? Files.list(source) : Stream.of(source)) {
            for (Path from : files.toList())
                Files.copy(from, target.resolve(from.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void run(String line) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", inRoot(line)).inheritIO();
        shell.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
        assertThat(shell.start().waitFor()).as(line).isZero();
    }

    private String inRoot(String text) {
        return ABSOLUTE.matcher(text).replaceAll(root + "/");
    }

    /** The root of the last stage. */
    Path root() {
        return root;
    }

    List<String> images() {
        return images;
    }

    Map<String, String> environment() {
        return environment;
    }

    String user() {
        return user;
    }

    List<String> entryPoint() {
        List<String> command = new ArrayList<>(entryPoint);
        command.set(0, bin.resolve(command.get(0)).toString());
        return command;
    }
}
