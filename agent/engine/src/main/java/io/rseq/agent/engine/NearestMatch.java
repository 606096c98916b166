/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import java.util.List;
import java.util.Locale;

/** The word that somebody most likely meant, by Levenshtein distance. */
final class NearestMatch {
    private NearestMatch() {}

    static String of(String typed, List<String> words) {
        String nearest = words.get(0);
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int distance = distance(typed.toLowerCase(Locale.ROOT), word);
            if (distance < least) {
                least = distance;
                nearest = word;
            }
        }
        return nearest;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
