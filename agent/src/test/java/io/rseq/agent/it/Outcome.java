/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a process left behind. Each assertion shows all of it when it fails. */
record Outcome(String command, int exitCode, List<String> out, List<String> err) {
    /** What a busy machine adds wherever a structure commits by concurrency id. */
    static final String UNTRIED =
            "structures by CONCURRENCY_ID commit by the CPU here: no two threads were seen to run at once; start it again";

    private static final String AGENT = "rseq: ";

    /** Asserts that it ended as it should. */
    Outcome succeeded() {
        return exited(0);
    }

    Outcome exited(int code) {
        assertThat(exitCode).as("exit code of %s", this).isEqualTo(code);
        return this;
    }

    /** Asserts that stdout has exactly this line. */
    Outcome printed(String line) {
        assertThat(out).as("stdout of %s", this).contains(line);
        return this;
    }

    /** Asserts that stderr holds nothing but the agent's lines. */
    Outcome hadNothingFromTheJvmOnStderr() {
        assertThat(err.stream().filter(line -> !line.startsWith(AGENT)).toList())
                .as("lines of stderr that are not the agent's, of %s", this)
                .isEmpty();
        return this;
    }

    /** Asserts that the agent warned of nothing. */
    Outcome hadNoWarning() {
        assertThat(warnings()).as("warnings of %s", this).isEmpty();
        return this;
    }

    /** Asserts that there is exactly one line of WARN or ERROR, and that it says all of this. */
    Outcome warnedOnceOf(String... parts) {
        assertThat(warnings()).as("warnings of %s", this).hasSize(1);
        assertThat(warnings().get(0)).as("the warning of %s", this).contains(parts);
        return this;
    }

    /** The agent's lines, in order. */
    List<String> agentLines() {
        return err.stream().filter(line -> line.startsWith(AGENT)).toList();
    }

    /** Those of the agent's lines that are WARN or ERROR, but for the one that says no more than that the machine is busy. */
    List<String> warnings() {
        return err.stream()
                .filter(line -> line.startsWith(AGENT + "WARN ") || line.startsWith(AGENT + "ERROR "))
                .filter(line -> !line.equals(AGENT + "WARN " + UNTRIED))
                .toList();
    }

    /** The value of {@code key=value} on stdout. */
    long number(String key) {
        return Long.parseLong(fact(key));
    }

    String fact(String key) {
        for (String line : out) {
            if (line.startsWith(key + "=")) return line.substring(key.length() + 1);
        }
        throw new AssertionError("no " + key + "= on stdout of " + this);
    }

    /** The facts of the agent's start line. */
    Map<String, String> startLine() {
        return facts("rseq: owner=");
    }

    /** The totals of the agent's exit line. */
    Map<String, String> exitLine() {
        return facts("rseq: exit ");
    }

    private Map<String, String> facts(String beginning) {
        List<String> lines =
                err.stream().filter(line -> line.startsWith(beginning)).toList();
        assertThat(lines).as("lines '%s' of %s", beginning, this).hasSize(1);
        Map<String, String> facts = new HashMap<>();
        for (String word : lines.get(0).split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) facts.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return facts;
    }

    @Override
    public String toString() {
        return command + "\n--- exit code " + exitCode + "\n--- stdout\n" + String.join("\n", shortened(out))
                + "\n--- stderr\n" + String.join("\n", shortened(err)) + "\n---";
    }

    private static List<String> shortened(List<String> lines) {
        return lines.size() <= 200 ? lines : lines.subList(lines.size() - 200, lines.size());
    }
}
