/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

/** Ends at once, but for a shutdown hook that takes longer than the agent's daemon sleeps. */
public final class SlowExit {
    private static final int MILLIS = 2500;

    private SlowExit() {}

    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(SlowExit::linger));
    }

    private static void linger() {
        try {
            Thread.sleep(MILLIS);
            System.out.println("hook=ended");
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
