/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the API and the sequences have to agree on is written down twice, here and in ops.h, and the layout's number in the hook, too. */
class LayoutTest {
    private static final Path OPS = Path.of("..", "native", "src", "ops.h");
    private static final Path HOOK =
            Path.of("..", "agent", "hook", "src", "main", "java", "java", "lang", "$RseqCommits.java");

    @Test
    void the_numbers_of_the_layouts_are_the_same() throws Exception {
        assertThat(Commits.LAYOUT)
                .isEqualTo(ops("LAYOUT"))
                .isEqualTo(number(HOOK, "(?m)^    public static final int LAYOUT = (\\d+);$"));
    }

    @Test
    void regions_are_as_far_apart() throws Exception {
        assertThat(Commits.REGION).isEqualTo(1L << ops("SHIFT"));
    }

    @Test
    void statuses_are_the_same() throws Exception {
        assertThat(Commits.COMMITTED).isEqualTo(ops("COMMITTED"));
        assertThat(Commits.UNAVAILABLE).isEqualTo(ops("UNAVAILABLE"));
        assertThat(Commits.FULL).isEqualTo(ops("FULL")).isEqualTo(ops("EMPTY"));
        assertThat(Commits.CLOSED).isEqualTo(ops("CLOSED"));
        assertThat(Commits.ELSEWHERE).isEqualTo(ops("ELSEWHERE"));
        assertThat(Commits.RESTARTS).isEqualTo(ops("STOPPED"));
    }

    @Test
    void stacks_shelves_and_buffers_are_laid_out_the_same() throws Exception {
        assertThat(constant(CpuStacks.class, "CLOSED")).isEqualTo(ops("STACK_CLOSED"));
        assertThat(constant(CpuStacks.class, "VALUES")).isEqualTo(ops("STACK_VALUES"));
        assertThat(constant(Shelves.class, "SHIFT")).isEqualTo(ops("SHELF_SHIFT"));
        assertThat(constant(Shelves.class, "CLOSED")).isEqualTo(ops("SHELF_CLOSED"));
        assertThat(constant(Shelves.class, "BYTES")).isEqualTo(ops("SHELF_BYTES"));
        assertThat(constant(MemoryRing.class, "HEAD")).isEqualTo(ops("BUFFER_HEAD"));
        assertThat(constant(MemoryRing.class, "DATA")).isEqualTo(ops("BUFFER_DATA"));
    }

    private static int ops(String name) throws IOException {
        return number(OPS, "(?m)^#define RSEQ_OPS_" + name + " +(\\d+)\\b");
    }

    private static int number(Path source, String pattern) throws IOException {
        Matcher line = Pattern.compile(pattern).matcher(Files.readString(source));
        assertThat(line.find()).as("%s in %s", pattern, source).isTrue();
        return Integer.parseInt(line.group(1));
    }

    private static int constant(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return ((Number) field.get(null)).intValue();
    }
}
