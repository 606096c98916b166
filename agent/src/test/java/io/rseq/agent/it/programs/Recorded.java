/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.IOException;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

/**
 * In each round it waits until a recording wants an event, starts threads that read an index, and waits for their end. When its last
 * argument is {@code attended} it waits for a line on stdin before each round, and for one before the end.
 */
public final class Recorded {
    private Recorded() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        String event = arguments[2];
        boolean attended = arguments[arguments.length - 1].equals("attended");
        System.out.println("ready");
        for (int round = 0; round < rounds; round++) {
            if (attended) awaitLine();
            while (!isWanted(event)) Thread.sleep(20); // the launcher's time limit ends this
            for (int i = 0; i < threads; i++) {
                Thread thread = new Thread(() -> Shapes.still(Shapes.NOT_WOVEN), "recorded " + round + " " + i);
                thread.start();
                thread.join();
            }
            System.out.println("round=" + round);
        }
        if (attended) awaitLine();
    }

    private static void awaitLine() throws IOException {
        int letter = System.in.read();
        while (letter >= 0 && letter != '\n') letter = System.in.read();
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
