/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void a_reason_is_never_the_name_of_the_file_alone() {
        assertThat(Reason.of(new NoSuchFileException("/f"))).isEqualTo("no such file");
        assertThat(Reason.of(new AccessDeniedException("/f"))).isEqualTo("permission denied");
        assertThat(Reason.of(new FileSystemException("/f", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(Reason.of(new FileSystemException("/f"))).contains("/f", "FileSystemException");
        assertThat(Reason.of(new IOException("zip END header not found"))).isEqualTo("zip END header not found");
    }

    @Test
    void a_reason_is_one_line_and_never_nothing() {
        assertThat(Reason.of(new Error(" a\n\n b\n"))).isEqualTo("a b");
        assertThat(Reason.of(new NullPointerException())).isEqualTo("java.lang.NullPointerException");
        assertThat(Reason.of(new IOException(" "))).startsWith("java.io.IOException");
        assertThat(Reason.of(new ExceptionInInitializerError(new IllegalStateException("why"))))
                .isEqualTo("why");
    }

    @Test
    void a_reason_with_its_name_is_that_of_the_cause_that_was_wrapped() {
        Throwable why = new IllegalStateException("a\nb");
        assertThat(Reason.named(why)).isEqualTo("java.lang.IllegalStateException: a b");
        assertThat(Reason.named(new InvocationTargetException(why))).isEqualTo(Reason.named(why));
        assertThat(Reason.named(new RuntimeException(new ExceptionInInitializerError(why))))
                .isEqualTo(Reason.named(why));
    }
}
