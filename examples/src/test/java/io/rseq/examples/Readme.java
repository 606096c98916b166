/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The page of an example, and what it has a reader type. */
record Readme(Path folder, List<String> commands) {
    private static final Pattern SHELL = Pattern.compile("(?s)\n```sh\n(.*?)\n```");
    private static final String PORT = "8080";

    static Readme of(String example) throws IOException {
        Path folder = Path.of(example).toAbsolutePath();
        List<String> commands = SHELL.matcher(Files.readString(folder.resolve("README.md")))
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
        return new Readme(folder, commands);
    }

    /** The one that begins so. */
    String command(String start) {
        return commands.stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    /** Runs what it has a reader ask the service, which listens on that port; returns all answers. */
    String ask(int port) throws IOException, InterruptedException {
        StringBuilder answers = new StringBuilder();
        for (String line : commands) {
            if (!line.contains("curl ")) continue;
            Process shell = new ProcessBuilder("sh", "-c", line.replace(PORT, Integer.toString(port)))
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            answers.append(new String(shell.getInputStream().readAllBytes()));
            assertThat(shell.waitFor()).as(line).isZero();
        }
        return answers.toString();
    }

    /** Not every machine has it. */
    static boolean canAsk() throws InterruptedException {
        try {
            return new ProcessBuilder("curl", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            System.out.println("curl is not here; the READMEs' curl lines are not run");
            return false;
        }
    }
}
