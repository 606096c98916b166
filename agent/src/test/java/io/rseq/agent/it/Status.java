/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code status PID} prints: the description, the totals, and a row per thread. */
record Status(String description, Row totals, List<Row> rows) {
    /** One line of {@code key=value}. */
    record Row(Map<String, String> words) {
        static Row of(String line) {
            Map<String, String> words = new HashMap<>();
            for (String word : line.split(" ")) {
                int equals = word.indexOf('=');
                if (equals > 0) words.put(word.substring(0, equals), word.substring(equals + 1));
            }
            return new Row(words);
        }

        String word(String key) {
            if (!words.containsKey(key)) throw new AssertionError("no " + key + "= in " + words);
            return words.get(key);
        }

        long number(String key) {
            return Long.parseLong(word(key));
        }
    }

    static Status of(World world, long pid) {
        List<String> lines = lines(world, pid);
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) rows.add(Row.of(line));
        return new Status(lines.get(0), Row.of(lines.get(1)), rows);
    }

    static List<String> lines(World world, long pid) {
        return Command.of(world.jdk().tool("java"), "-jar", AgentJar.path().toString(), "status", Long.toString(pid))
                .run()
                .succeeded()
                .out();
    }

    long total(String key) {
        return totals.number(key);
    }

    Row threadNamed(String name) {
        List<Row> named =
                rows.stream().filter(row -> row.word("thread").equals(name)).toList();
        if (named.size() != 1) throw new AssertionError(named.size() + " rows of " + name + " in " + this);
        return named.get(0);
    }
}
