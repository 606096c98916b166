/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

/** One {@code key:value} of a line that a launched program printed. */
final class Observed {
    private Observed() {}

    static String of(String line, String key) {
        for (String word : line.split(" ")) {
            if (word.startsWith(key + ":")) return word.substring(key.length() + 1);
        }
        throw new AssertionError("no " + key + ": in " + line);
    }
}
