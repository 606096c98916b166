/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Javadoc of each public type of the API and the adapters says in which version the type came. */
class SinceWhenTest {
    private static final Path ROOT = Pages.ROOT;
    private static final Pattern TYPE =
            Pattern.compile("\\*/\\s+(@.*\\s+)*public (\\w+ )*@?(class|interface|enum|record) (\\w+)");
    private static final Pattern SINCE = Pattern.compile("\\* @since \\d+\\.\\d+\\.\\d+\\s+$");

    @Test
    void each_public_type_of_api_and_adapters_says_since_when() throws IOException {
        List<String> types = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Path source : sources()) {
            String text = Files.readString(source);
            Matcher type = TYPE.matcher(text);
            while (type.find()) {
                types.add(type.group(4));
                if (!SINCE.matcher(text.substring(0, type.start())).find()) silent.add(source + ": " + type.group(4));
            }
        }
        assertThat(types).contains("Cpus", "PerCpu", "BucketConsumer", "AgentMetrics");
        assertThat(silent).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> api = Files.list(ROOT.resolve("api/src/main/java/io/rseq"));
                Stream<Path> adapters = Files.walk(ROOT.resolve("adapters"))) {
            return Stream.concat(api, adapters)
                    .filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/src/test/"))
                    .toList();
        }
    }
}
