/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

/** The least that an agent can be: what a process pays for {@code -javaagent} itself. */
public final class EmptyAgent {
    private EmptyAgent() {}

    public static void premain(String options) {}
}
