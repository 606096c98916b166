/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * One answer of a watched JVM as a screen: what is in force, the totals with their change since the screen before, and for each CPU the
 * registered threads that ran there last. The latter is the kernel's own word, in {@code /proc}: the agent counts nothing for each CPU.
 */
final class Screen {
    private static final String CLEAR = "\033[H\033[2J";

    /** Of /proc/PID/task/TID/stat (proc(5)), counted from the state, which follows the name in brackets. */
    private static final int STATE = 0;

    private static final int PROCESSOR = 36;

    private final String pid;
    private final Screen before;
    private final long at = System.nanoTime();
    private Map<String, String> totals = Map.of();

    Screen(String pid, Screen before) {
        this.pid = pid;
        this.before = before;
    }

    String of(StatusText status, boolean terminal) {
        totals = status.totals();
        StringBuilder screen = new StringBuilder(1024);
        if (terminal) screen.append(CLEAR);
        screen.append("pid=").append(pid).append(' ').append(status.inForce()).append("\n\n");
        screen.append(String.format("%-20s %14s %12s%n", "total", "now", "a second"));
        totals.forEach((key, value) -> screen.append(
                String.format("%-20s %14s %12s%n", key, value, rate(key, value)).replace(" \n", "\n")));
        screen.append(String.format("%n%-6s %18s %10s%n", "cpu", "threads that ran", "running"));
        cpus(status)
                .forEach((cpu, threads) ->
                        screen.append(String.format("%-6d %18d %10d%n", cpu, threads[0], threads[1])));
        for (Map<String, String> structure : status.structures()) {
            screen.append('\n');
            structure.forEach(
                    (key, value) -> screen.append(key).append('=').append(value).append(' '));
        }
        return screen.append('\n').toString();
    }

    private String rate(String key, String value) {
        if (before == null || !before.totals.containsKey(key)) return "";
        double seconds = (at - before.at) / 1e9;
        return String.format("%.1f", (Long.parseLong(value) - Long.parseLong(before.totals.get(key))) / seconds);
    }

    /** For each CPU the threads that ran there last, and those of them that run or could. */
    private Map<Integer, int[]> cpus(StatusText status) {
        Map<Integer, int[]> cpus = new TreeMap<>();
        for (Map<String, String> thread : status.threads()) {
            String[] fields = stat(thread.get("tid"));
            if (fields.length <= PROCESSOR) continue;
            int[] threads = cpus.computeIfAbsent(Integer.valueOf(fields[PROCESSOR]), none -> new int[2]);
            threads[0]++;
            if (fields[STATE].equals("R")) threads[1]++;
        }
        return cpus;
    }

    private String[] stat(String tid) {
        try {
            byte[] stat = Files.readAllBytes(Path.of("/proc", pid, "task", tid, "stat"));
            String text = new String(stat, StandardCharsets.ISO_8859_1); // a name may hold anything, brackets too
            return text.substring(text.lastIndexOf(')') + 2).split(" ");
        } catch (IOException ended) {
            return new String[0];
        }
    }
}
