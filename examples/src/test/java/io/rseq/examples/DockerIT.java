/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.sample.Jdks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example of an image: laid out in a folder everywhere, and built and run where there is an engine. */
class DockerIT {
    private static final Path FILE = Path.of("docker/Dockerfile").toAbsolutePath();
    private static final Path CONTEXT = Path.of("http-server").toAbsolutePath();

    @TempDir
    Path folder;

    static List<Jdks.Jdk> jdks() {
        return Jdks.all();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void what_the_image_holds_serves_with_the_libraries_of_the_image_and_not_as_root(Jdks.Jdk jdk) throws Exception {
        Dockerfile image = new Dockerfile(FILE, jdk.java().getParent());
        image.build(CONTEXT, folder);
        assertThat(image.user()).matches("[1-9]\\d*:[1-9]\\d*");
        List<String> command = new ArrayList<>(image.entryPoint());
        command.add("0");
        try (Example server = Example.start(image.root(), command, folder, image.environment())) {
            int port = Integer.parseInt(server.await("port (\\d+), .* committer=sequences"));
            Checksums.check(new Client(port));
            assertThat(Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "maps")))
                    .filteredOn(line -> line.contains("librseq_"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line)
                            .contains(image.root().resolve("opt/rseq/librseq_").toString())
                            .doesNotContain("(deleted)"));
            server.stop();
        }
    }

    @Test
    void the_image_serves_on_a_read_only_root() throws Exception {
        Engine engine = Engine.find();
        needs(engine != null, "neither docker nor podman answers here");
        Dockerfile file = new Dockerfile(FILE, jdks().get(0).java().getParent());
        file.build(CONTEXT, folder);
        for (String base : file.images()) needs(engine.has(base), base + " can't be pulled here");
        Readme readme = Readme.of("docker");
        engine.run(readme.folder(), readme.command("docker build "));
        String container = "rseq-it-" + ProcessHandle.current().pid();
        String run = readme.command("docker run ")
                .replace("--rm", "-d --name " + container)
                .replace("-p 8080:8080", "-p 127.0.0.1::8080");
        engine.run(readme.folder(), run);
        try {
            String port = engine.run(folder, "docker port " + container + " 8080");
            Client client = new Client(Integer.parseInt(port.substring(port.lastIndexOf(':') + 1)));
            engine.awaitLog(container, "port 8080, ");
            Checksums.check(client);
            engine.awaitLog(container, " committer=sequences ");
        } finally {
            engine.run(folder, "docker rm -f " + container);
        }
    }

    /** A skip that the build's output shows. */
    private static void needs(boolean there, String otherwise) {
        if (!there) System.out.println("DockerIT builds no image: " + otherwise);
        assumeTrue(there, otherwise);
    }
}
