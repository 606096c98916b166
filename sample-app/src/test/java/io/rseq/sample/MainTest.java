/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--requests 0",
                "--requests 10000001",
                "--requests many",
                "--requests",
                "--clients 0",
                "--clients 129",
                "--port -1",
                "--port 65536",
                "--duration 0",
                "--duration 601",
                "--bogus",
                "stray"
            })
    void wrong_options_are_one_line_that_names_them_and_exit_code_2(String line) {
        String[] arguments = line.split(" ");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(commandLine.execute(arguments)).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains(arguments[0]);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void help_names_every_option_and_exits_with_0() {
        StringWriter out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("--help"))
                .isZero();
        assertThat(out.toString()).contains("--requests", "--clients", "--port", "--duration", "--help", "Exit code");
    }
}
