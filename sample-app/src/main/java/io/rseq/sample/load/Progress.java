/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** How far the load is: on a terminal one line that is written over, elsewhere a line for every tenth. */
public final class Progress {
    private final PrintStream out;
    private final boolean terminal;
    private final long total;
    private final int steps;
    private final AtomicLong done = new AtomicLong();

    Progress(PrintStream out, boolean terminal, long total) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
        this.steps = terminal ? 100 : 10;
    }

    /** Whether the process's stderr is a terminal. {@link System#console()} asks about stdin as well, and means something else since 22. */
    public static boolean isTerminal() {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException | RuntimeException unknown) {
            return false;
        }
    }

    void step() {
        long now = done.incrementAndGet();
        if (now * steps / total != (now - 1) * steps / total) show(now);
    }

    /** Ends the line on a terminal. */
    void end() {
        if (terminal) out.println();
    }

    private void show(long now) {
        String text =
                String.format(Locale.ROOT, "%3d %% of the load, %,d of %,d requests", now * 100 / total, now, total);
        if (terminal) {
            out.print('\r' + text);
            out.flush();
        } else out.println(text);
    }
}
