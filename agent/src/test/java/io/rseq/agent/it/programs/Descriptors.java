/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files with the descriptor of one of our annotations in them, and with nearly one, at every place about the ends of what is looked through at once. */
public final class Descriptors {
    private static final String[] OURS = {"Lio/rseq/PerCpu;", "Lio/rseq/internal/Woven;"};
    private static final String[] NOT_OURS = {
        "Lio/rseq/PerCpu$", "Lio/rseq/Cpus;", "Lio/rseq/internal/Commits;", "qqqqqqqqqqqqqqqq"
    };
    private static final int LONGEST = 20_000;
    private static final int[] ABOUT = {0, 8192, 16_384, LONGEST};
    private static final int NEAR = 60;

    private Descriptors() {}

    public static void main(String[] arguments) throws Exception {
        Method namesUs = Class.forName("java.lang.$Rseq").getMethod("namesUs", byte[].class);
        int wrong = namesUs.invoke(null, (Object) null).equals(false) ? 0 : 1;
        int asked = 0;
        for (String[] names : new String[][] {OURS, NOT_OURS}) {
            for (String name : names) {
                byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
                for (int place = 0; place <= LONGEST - bytes.length; place++) {
                    if (!isNearAnEnd(place)) continue;
                    byte[] file = new byte[LONGEST];
                    System.arraycopy(bytes, 0, file, place, bytes.length);
                    byte[] toItsEnd = Arrays.copyOf(file, place + bytes.length);
                    byte[] cutOff = Arrays.copyOf(file, place + bytes.length - 1);
                    boolean ours = names == OURS;
                    if (!namesUs.invoke(null, (Object) file).equals(ours)) wrong++;
                    if (!namesUs.invoke(null, (Object) toItsEnd).equals(ours)) wrong++;
                    if (!namesUs.invoke(null, (Object) cutOff).equals(false)) wrong++;
                    asked += 3;
                }
            }
        }
        System.out.println("asked=" + asked);
        System.out.println("wrong=" + wrong);
    }

    private static boolean isNearAnEnd(int place) {
        return Arrays.stream(ABOUT).anyMatch(end -> Math.abs(place - end) <= NEAR);
    }
}
