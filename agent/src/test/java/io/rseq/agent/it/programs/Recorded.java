/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

/** In each round it waits until a recording wants the agent's transitions, starts threads that read an index, and waits for their end. */
public final class Recorded {
    private Recorded() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        String event = arguments[2];
        System.out.println("ready");
        for (int round = 0; round < rounds; round++) {
            while (!isWanted(event)) Thread.sleep(20); // the launcher's time limit ends this
            for (int i = 0; i < threads; i++) {
                Thread thread = new Thread(() -> Shapes.still(Shapes.NOT_WOVEN), "recorded " + round + " " + i);
                thread.start();
                thread.join();
            }
            System.out.println("round=" + round);
            while (round + 1 < rounds && isWanted(event)) Thread.sleep(20);
        }
    }

    /** Not asked of a recorder that is not there: asking makes one. */
    private static boolean isWanted(String event) {
        if (!FlightRecorder.isInitialized()) return false;
        for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
            if (type.getName().equals(event)) return type.isEnabled();
        }
        return false;
    }
}
