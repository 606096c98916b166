/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileTest {
    @TempDir
    Path folder;

    @Test
    void the_line_that_does_not_fit_begins_a_new_file_and_the_one_before_is_kept() throws IOException {
        Files.writeString(file(), "of before\n");
        try (BoundedFile log = new BoundedFile(file().toFile(), 20)) {
            for (int i = 0; i < 5; i++) log.write(("line " + i + " .\n").getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(file()).hasContent("line 3 .\nline 4 .\n");
        assertThat(folder.resolve("log.1")).hasContent("line 1 .\nline 2 .\n");
        assertThat(folder.toFile().list()).hasSize(2);
    }

    @Test
    void a_line_longer_than_the_limit_has_a_file_of_its_own() throws IOException {
        try (BoundedFile log = new BoundedFile(file().toFile(), 4)) {
            log.write("longer\n".getBytes(StandardCharsets.US_ASCII));
            log.write("a\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(file()).hasContent("a\n");
        assertThat(folder.resolve("log.1")).hasContent("longer\n");
    }

    /** A folder that is not empty has the name. */
    @Test
    void a_file_that_can_not_be_renamed_grows_on() throws IOException {
        Files.createDirectories(folder.resolve("log.1/full"));
        try (BoundedFile log = new BoundedFile(file().toFile(), 4)) {
            for (int i = 0; i < 9; i++) log.write((i + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(file()).hasContent("0\n1\n2\n3\n4\n5\n6\n7\n8\n");
    }

    private Path file() {
        return folder.resolve("log");
    }
}
