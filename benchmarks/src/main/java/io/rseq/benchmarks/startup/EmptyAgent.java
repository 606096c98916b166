/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.lang.instrument.Instrumentation;

/**
 * The least that an agent can be: what a process pays for {@code -javaagent} itself. With both parameters, which the JDK looks for first:
 * where it has to look again, JDK 25 spends 5 ms on the message of the exception in between.
 */
public final class EmptyAgent {
    private EmptyAgent() {}

    public static void premain(String options, Instrumentation instrumentation) {}
}
