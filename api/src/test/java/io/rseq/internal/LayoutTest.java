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

/** What the API and the sequences have to agree on is written down twice, here and in sequences.h, and the layout's number in the hook, too. */
class LayoutTest {
    private static final Path SEQUENCES_H = Path.of("..", "native", "src", "sequences.h");
    private static final Path HOOK =
            Path.of("..", "agent", "hook", "src", "main", "java", "java", "lang", "$RseqSequences.java");

    @Test
    void the_numbers_of_the_layouts_are_the_same() throws Exception {
        assertThat(Commits.LAYOUT)
                .isEqualTo(header("LAYOUT"))
                .isEqualTo(number(HOOK, "(?m)^    static final int LAYOUT = (\\d+);$"));
    }

    @Test
    void regions_are_as_far_apart() throws Exception {
        assertThat(Commits.REGION).isEqualTo(1L << header("SHIFT"));
    }

    @Test
    void statuses_are_the_same() throws Exception {
        assertThat(Commits.COMMITTED).isEqualTo(header("COMMITTED"));
        assertThat(Commits.UNAVAILABLE).isEqualTo(status("UNAVAILABLE"));
        assertThat(Commits.FULL).isEqualTo(status("FULL")).isEqualTo(status("EMPTY"));
        assertThat(Commits.CLOSED).isEqualTo(status("CLOSED"));
        assertThat(Commits.RESTARTED).isEqualTo(status("RESTARTED"));
    }

    @Test
    void cells_stacks_rows_tallies_and_buffers_are_laid_out_the_same() throws Exception {
        assertThat(Commits.CLOSABLE).isEqualTo(header("CLOSABLE_CLOSED") + Long.BYTES);
        assertThat(header("CLOSABLE_CELL")).isZero();
        assertThat(constant(CpuStacks.class, "CLOSED")).isEqualTo(header("STACK_CLOSED"));
        assertThat(constant(CpuStacks.class, "VALUES")).isEqualTo(header("STACK_VALUES"));
        assertThat(constant(Places.class, "CLOSED")).isEqualTo(header("ROW_CLOSED"));
        assertThat(Commits.COUNT_CLOSED).isEqualTo(header("COUNT_CLOSED"));
        assertThat(Commits.PLACES_AT).isEqualTo(header("ROW_PLACES"));
        for (String name : new String[] {"CLOSED", "COUNT", "STATES", "STATE", "BUCKETS"})
            assertThat(constant(CpuTallies.class, name)).as(name).isEqualTo(header("TALLY_" + name));
        for (String name : new String[] {"SUM", "MIN", "MAX", "BUCKET", "TIMES"})
            assertThat(constant(CpuTallies.class, name)).as(name).isEqualTo(header("STATE_" + name));
        assertThat(constant(MemoryRing.class, "HEAD")).isEqualTo(header("BUFFER_HEAD"));
        assertThat(constant(MemoryRing.class, "DATA")).isEqualTo(header("BUFFER_DATA"));
    }

    private static long status(String name) throws IOException {
        return Long.MIN_VALUE + header(name);
    }

    private static int header(String name) throws IOException {
        return number(SEQUENCES_H, "(?m)^#define (?:SEQUENCE_)?" + name + " +(\\d+)\\b");
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
