/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.Cpus;
import io.rseq.HistogramSnapshot;
import io.rseq.Support;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;

/** What the sample prints at its end. */
final class Report {
    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    /** Prints it; true when the totals are exact and no client failed. */
    boolean print(Experiment.Outcome outcome) {
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
        table(outcome.perCpu().latencies(), support);
        line("");
        line("the same load on both, %d bytes hashed per request", Load.PAYLOAD);
        line("  %-42s %10s %12s %10s %10s", "", "requests", "requests/s", "p50 us", "p99 us");
        side(outcome.perCpu(), "per CPU: @PerCpu methods, atomics by CPU");
        side(outcome.jdk(), "plain JDK: LongAdder, synchronized histogram");
        line("");
        traffic(outcome.traffic(), support);
        line("  hashers (a digest and a buffer each) that PerCpuPool made for them: %d", outcome.hashersMade());
        line("");
        tightLoops(outcome.tightLoops());
        line("");
        line("GET /stats after the load: %s", outcome.stats());
        line("");
        threads(support);
        return totals(outcome);
    }

    private static String meaning(Support support) {
        if (!support.agent()) return ": no agent, every record lands in slot 0";
        return support.accelerated() ? ": each record lands in the slot of its CPU" : ": unaccelerated";
    }

    private void table(List<LatencySnapshot> latencies, Support support) {
        line("%-9s %10s %10s %10s %10s", support.agent() ? "cpu" : "slot", "requests", "p50 us", "p99 us", "max us");
        int silent = 0;
        for (int cpu = 0; cpu < latencies.size(); cpu++) {
            if (latencies.get(cpu).count() == 0) silent++;
            else row(Integer.toString(cpu), latencies.get(cpu));
        }
        row("all", LatencySnapshot.merged(latencies));
        if (silent > 0) line("%d more of %d possible CPUs: none", silent, latencies.size());
    }

    private void row(String name, LatencySnapshot latency) {
        line(
                "%-9s %10d %10.1f %10.1f %10.1f",
                name,
                latency.count(),
                micros(latency.percentile(50)),
                micros(latency.percentile(99)),
                micros(latency.max()));
    }

    private void side(Side side, String name) {
        LatencySnapshot all = LatencySnapshot.merged(side.latencies());
        line(
                "  %-42s %10d %12.0f %10.1f %10.1f",
                name, all.count(), side.load().perSecond(), micros(all.percentile(50)), micros(all.percentile(99)));
    }

    private void traffic(Traffic traffic, Support support) {
        HistogramSnapshot nanos = traffic.nanos();
        line("all that was served, by PerCpuHistogram and PerCpuCounter, committer=%s", support.committer());
        line(
                "  requests=%d bytes=%d p50=%.1f p90=%.1f p99=%.1f p99.9=%.1f max=%.1f us",
                nanos.count(),
                traffic.bytes(),
                micros(nanos.percentile(50)),
                micros(nanos.percentile(90)),
                micros(nanos.percentile(99)),
                micros(nanos.percentile(99.9)),
                micros(nanos.max()));
    }

    private void tightLoops(List<List<TightLoop.Figure>> loops) {
        line(
                "tight loop: nanoseconds per record as one thread sees it, the median of %d rounds of %d ms",
                loops.get(0).get(0).rounds(), TightLoop.ROUND_MILLIS);
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "  %-48s", ""));
        for (List<TightLoop.Figure> figures : loops)
            head.append(String.format(
                    Locale.ROOT,
                    " %12s",
                    figures.get(0).threads() + (figures.get(0).threads() == 1 ? " thread" : " threads")));
        line("%s", head);
        for (int way = 0; way < loops.get(0).size(); way++) {
            StringBuilder row = new StringBuilder(
                    String.format(Locale.ROOT, "  %-48s", loops.get(0).get(way).name()));
            for (List<TightLoop.Figure> figures : loops)
                row.append(
                        String.format(Locale.ROOT, " %12.1f", figures.get(way).nanos()));
            line("%s", row);
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
                        LatencySnapshot.merged(side.latencies()).count(),
                        side.metrics().bytes());
            right &= load.failed() == 0 && faults.isEmpty();
        }
        return right & served(outcome);
    }

    /**
     * Every request that was served is in the library's counter and histogram, once. Those are the requests that were answered, and at most one
     * more for each client that failed: it may have given up on a request that the service served all the same.
     */
    private boolean served(Experiment.Outcome outcome) {
        long served = 0;
        long received = 0;
        for (Side side : outcome.sides()) {
            served += side.metrics().requestsWritten();
            received += side.metrics().bytesWritten();
        }
        Load.Result load = outcome.load();
        long recorded = outcome.traffic().nanos().count();
        long bytes = outcome.traffic().bytes();
        boolean exact = recorded == served
                && bytes == received
                && served >= load.answered()
                && served <= load.answered() + load.failed()
                && (load.failed() > 0 || bytes == load.answered() * Load.PAYLOAD);
        line(
                "%-9s all parts: answered=%d served=%d PerCpuHistogram=%d PerCpuCounter=%d bytes%s",
                exact ? "totals" : "WRONG", load.answered(), served, recorded, bytes, exact ? ", exact" : "");
        return exact;
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    private static double micros(long nanos) {
        return nanos / 1e3;
    }
}
