/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalDouble;

/** What the project says of its own speed, held against what was just measured. */
enum Claim {
    INDEX_IS_50_TIMES_FASTER_THAN_AFFINITY("IndexBenchmark.index", "IndexBenchmark.peerAffinity") {
        @Override
        String judge(double index, double affinity) {
            return verdict(affinity / index >= 50, "%.1f times", affinity / index);
        }
    },
    WOVEN_METHOD_COSTS_AT_MOST_0_4_NS_MORE_THAN_INDEX("IndexBenchmark.index", "IndexBenchmark.woven") {
        @Override
        String judge(double index, double woven) {
            return verdict(woven - index <= 0.4, "%+.2f ns", woven - index);
        }
    },
    WEAVING_COSTS_AT_MOST_0_4_NS_MORE_THAN_INDEX_IN_A_METHOD_THAT_ADDS(
            "IndexBenchmark.index", "IndexBenchmark.wovenAdds") {
        @Override
        String judge(double index, double wovenAdds) {
            return verdict(wovenAdds - index <= 0.4, "%+.2f ns", wovenAdds - index);
        }
    };

    private static final String MISSED = "MISSED";

    private final String first;
    private final String second;

    Claim(String first, String second) {
        this.first = first;
        this.second = second;
    }

    abstract String judge(double first, double second);

    /** Prints a line per claim and JDK; true when none was missed. What was not measured is not judged, and says so. */
    static boolean checkAll(ResultTable table, PrintStream out) {
        boolean held = true;
        for (Claim claim : values()) {
            for (String jdk : table.jdks()) {
                OptionalDouble first = table.median(claim.first, jdk);
                OptionalDouble second = table.median(claim.second, jdk);
                String verdict = first.isPresent() && second.isPresent()
                        ? claim.judge(first.getAsDouble(), second.getAsDouble())
                        : "not measured";
                if (verdict.startsWith(MISSED)) held = false;
                out.println(claim.name().toLowerCase(Locale.ROOT) + " " + jdk + ": " + verdict);
            }
        }
        return held;
    }

    private static String verdict(boolean held, String format, double figure) {
        return (held ? "held" : MISSED) + ", " + String.format(Locale.ROOT, format, figure);
    }
}
