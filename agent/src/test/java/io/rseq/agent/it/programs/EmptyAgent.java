/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

/** An agent that does nothing: what is the same under it and under ours is not our doing. */
public final class EmptyAgent {
    private EmptyAgent() {}

    public static void premain(String options) {}
}
