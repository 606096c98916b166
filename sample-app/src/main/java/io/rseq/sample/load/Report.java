/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import io.rseq.Cpus;
import io.rseq.Support;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;

/** What the sample prints at its end. */
public final class Report {
    private final PrintStream out;

    /** A report to {@code out}. */
    public Report(PrintStream out) {
        this.out = out;
    }

    /** Prints it; true when the totals are exact and no client failed. */
    public boolean print(Experiment.Outcome outcome) {
        Support support = Cpus.support();
        line(
                "jvm       %s %s, request threads: %s, %d clients",
                System.getProperty("java.vm.name"), Runtime.version(), outcome.threadKind(), outcome.clients());
        line("support   %s", support);
        line("served by owner=%s reader=%s%s", support.owner(), support.reader(), meaning(support));
        if (!outcome.complete())
            line(
                    "stopped   %s before --requests were sent: fewer were measured",
                    outcome.load().failed() > 0 ? "clients failed" : "--duration was over");
        line("");
        byCpu(outcome.perCpu().metrics().requestsByCpu(), support);
        line("");
        line(
                "the same load on both, %d bytes hashed per request; the CPU time is of clients and service together",
                Load.PAYLOAD);
        line("  %-44s %9s %11s %10s %8s %8s", "", "requests", "requests/s", "CPU us", "p50 us", "p99 us");
        side("per CPU: ", outcome.perCpu());
        side("usual:   ", outcome.usual());
        line("  behind HTTP, what metrics cost is lost in noise; the loop below does nothing else");
        line("hashers (a digest and a buffer each) that PerCpuPool made for all of it: %d", outcome.hashersMade());
        line("");
        tightLoops(outcome.tightLoops());
        line("");
        line("GET /stats after the load: %s", outcome.stats());
        line("");
        threads(support);
        return totals(outcome);
    }

    private static String meaning(Support support) {
        if (!support.agent()) return ": no agent, every request is counted in slot 0";
        return support.accelerated() ? ": each request is counted in the slot of its CPU" : ": unaccelerated";
    }

    private void byCpu(long[] requests, Support support) {
        line("%-9s %10s", support.agent() ? "cpu" : "slot", "requests");
        int silent = 0;
        for (int cpu = 0; cpu < requests.length; cpu++) {
            if (requests[cpu] == 0) silent++;
            else line("%-9d %10d", cpu, requests[cpu]);
        }
        if (silent > 0) line("%d more of %d possible CPUs: none", silent, requests.length);
    }

    private void side(String which, Side side) {
        line(
                "  %-44s %9d %11.0f %10.1f %8.1f %8.1f",
                which + side.metrics().name(),
                side.metrics().requests(),
                side.load().perSecond(),
                side.load().cpuMicrosEach(),
                side.metrics().latency(50) / 1e3,
                side.metrics().latency(99) / 1e3);
    }

    private void tightLoops(List<List<TightLoop.Figure>> loops) {
        line(
                "tight loop: nanoseconds for each use as one thread sees it, the median of %d rounds of %d ms",
                loops.get(0).get(0).rounds(), TightLoop.ROUND_MILLIS);
        StringBuilder head = new StringBuilder();
        StringBuilder units = new StringBuilder();
        for (List<TightLoop.Figure> figures : loops) {
            int threads = figures.get(0).threads();
            head.append(String.format(Locale.ROOT, " %20s", threads + (threads == 1 ? " thread" : " threads")));
            units.append(String.format(Locale.ROOT, " %10s %9s", "wall", "CPU"));
        }
        line("  %-44s%s", "", head);
        line("  %-44s%s", "", units);
        for (int way = 0; way < loops.get(0).size(); way++) {
            StringBuilder row = new StringBuilder();
            for (List<TightLoop.Figure> figures : loops)
                row.append(String.format(
                        Locale.ROOT,
                        " %10.1f %9.1f",
                        figures.get(way).wall(),
                        figures.get(way).cpu()));
            line("  %-44s%s", loops.get(0).get(way).name(), row);
        }
        line(
                "  (%d CPUs here; a shared machine: read the ratios)",
                Runtime.getRuntime().availableProcessors());
    }

    private void threads(Support support) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        line(
                "threads   %d Java threads on threads of the kernel were started, %d live now, %d at the most",
                threads.getTotalStartedThreadCount(), threads.getThreadCount(), threads.getPeakThreadCount());
        if (support.agent())
            line(
                    "          how many were registered and released only the agent knows: see its line 'rseq: exit' on stderr");
        else line("          none is registered by us without the agent");
    }

    private boolean totals(Experiment.Outcome outcome) {
        boolean right = true;
        for (Side side : outcome.sides()) {
            String name = outcome.warmUp().contains(side) ? "in the warm-up, " : "";
            Load.Result load = side.load();
            if (load.failed() > 0)
                line(
                        "FAILED    %s%s: clients=%d, first: %s",
                        name, side.metrics().name(), load.failed(), load.failure());
            List<String> faults = side.faults();
            for (String fault : faults) line("WRONG     %s%s", name, fault);
            if (faults.isEmpty() && name.isEmpty())
                line(
                        "totals    %s: requests=%d recorded=%d bytes=%d, exact",
                        side.metrics().name(),
                        side.metrics().requestsWritten(),
                        side.metrics().requests(),
                        side.metrics().bytes());
            right &= load.failed() == 0 && faults.isEmpty();
        }
        return right & served(outcome);
    }

    /** Those that were served are those that were answered, and at most one more for each client that failed: it may have given up on it. */
    private boolean served(Experiment.Outcome outcome) {
        long served = 0;
        for (Side side : outcome.sides()) served += side.metrics().requestsWritten();
        Load.Result load = outcome.load();
        boolean exact = served >= load.answered() && served <= load.answered() + load.failed();
        line(
                "%-9s all parts: answered=%d served=%d%s",
                exact ? "totals" : "WRONG", load.answered(), served, exact ? ", exact" : "");
        return exact;
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
