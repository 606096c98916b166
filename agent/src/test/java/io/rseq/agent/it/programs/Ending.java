/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

/** Ends in the middle of thread churn: {@code exit}, the same with a {@code lock} of the JDK held, {@code halt}, or {@code wait} for a signal. */
public final class Ending {
    private Ending() {}

    public static void main(String[] arguments) throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            Thread churn = new Thread(Ending::churn, "churn-" + i);
            churn.setDaemon(true);
            churn.start();
        }
        Thread.sleep(200);
        System.out.println("churning");
        switch (arguments[0]) {
            case "exit" -> System.exit(5);
            case "lock" -> {
                synchronized (System.getProperties()) {
                    System.exit(5);
                }
            }
            case "halt" -> Runtime.getRuntime().halt(7);
            case "wait" -> Thread.sleep(Long.MAX_VALUE);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void churn() {
        while (true) {
            Thread thread = new Thread(() -> Shapes.still(Shapes.NOT_WOVEN));
            thread.setDaemon(true);
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException ended) {
                return;
            }
        }
    }
}
