/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.adapters.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The adapters' own tests run without the agent. Here they run with it, on each JDK that lies beside the one that runs Maven. */
class UnderTheAgentIT {
    private static final String[] ADAPTERS = {"hdrhistogram", "jackson", "log4j", "micrometer", "prometheus"};
    private static final int OLDEST = 17;
    static final Path AGENT = Path.of("../../agent/target/rseq-agent.jar");

    @TempDir
    Path folder;

    static Stream<Path> jdks() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        if (Boolean.getBoolean("rseq.fast")) return Stream.of(own);
        List<Path> jdks = new ArrayList<>();
        try (Stream<Path> beside = Files.list(own.getParent())) {
            for (Path jdk : beside.toList()) if (feature(jdk) >= OLDEST) jdks.add(jdk.toRealPath());
        }
        return jdks.stream().distinct();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void each_adapter_is_exact_by_sequences(Path jdk) throws Exception {
        List<String> command = new ArrayList<>();
        StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
        List<String> tests = new ArrayList<>();
        for (String adapter : ADAPTERS) {
            tests.add("../" + adapter + "/target/test-classes");
            classPath.append(File.pathSeparator).append(tests.get(tests.size() - 1));
        }
        command.addAll(List.of(jdk.resolve("bin/java").toString(), "-javaagent:" + AGENT, "-cp", classPath.toString()));
        command.add(AllTests.class.getName());
        command.addAll(tests);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RSEQ_"));
        Process process = builder.start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        if (!ended) process.destroyForcibly();
        String said = Files.readString(out) + Files.readString(err);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(Files.readAllLines(out)).last().asString().matches("passed=[1-9]\\d+ failed=0 committer=sequences");
        assertThat(Files.readAllLines(err).stream().filter(line -> line.startsWith("rseq:")))
                .as(said)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("rseq: exit ")
                .contains(" refused=0 ", " dropped=0 ");
    }

    /** The feature version of a JDK; 0: it is none. */
    private static int feature(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) return 0;
        for (String line : Files.readAllLines(release)) {
            if (line.startsWith("JAVA_VERSION=\""))
                return Integer.parseInt(
                        line.substring("JAVA_VERSION=\"".length()).split("[^0-9]")[0]);
        }
        return 0;
    }
}
