/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import io.rseq.sample.PerCpuMetrics;
import io.rseq.sample.Service;
import io.rseq.sample.UsualMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Loads the service with its metrics kept per CPU, and as much with the usual ones, then compares both in a tight loop. The load comes in four
 * parts, per CPU, usual, usual, per CPU, after a warm-up that is thrown away: what drifts while the JIT works falls on both alike.
 */
public final class Experiment {
    private static final int WARM_UP_MAX = 10_000;

    private final long requests;
    private final int clients;
    private final int port;
    private final long deadline;

    /**
     * What was found. {@code hashersMade} is what the service's pool had to make, {@code warmUp} was left out of everything but the check of the
     * totals, {@code stats} is what GET /stats answered at the end of the load, and {@code complete} is false when the time was over, or clients had
     * given up, before the requests were sent.
     */
    public record Outcome(
            String threadKind,
            int clients,
            List<Side> warmUp,
            Side perCpu,
            Side usual,
            long hashersMade,
            String stats,
            boolean complete,
            List<List<TightLoop.Figure>> tightLoops) {

        List<Side> sides() {
            List<Side> sides = new ArrayList<>(warmUp);
            sides.add(perCpu);
            sides.add(usual);
            return sides;
        }

        /** The load of all parts together. */
        Load.Result load() {
            Load.Result all = Load.Result.NONE;
            for (Side side : sides()) all = all.plus(side.load());
            return all;
        }
    }

    /** An experiment of that many requests for each side, and at most that many seconds. */
    public Experiment(long requests, int clients, int port, int seconds) {
        this.requests = requests;
        this.clients = clients;
        this.port = port;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Runs it; the progress of the load goes to {@code progressOut}. */
    public Outcome run(PrintStream progressOut, boolean terminal)
            throws IOException, InterruptedException, ExecutionException {
        Side perCpu = new Side(new PerCpuMetrics());
        Side usual = new Side(new UsualMetrics());
        List<Side> warmUp = List.of(new Side(new PerCpuMetrics()), new Side(new UsualMetrics()));
        String threadKind;
        long hashersMade;
        String stats;
        try (Service service = Service.open(port, perCpu.metrics());
                Load load = new Load(service.uri("/hash"), clients)) {
            threadKind = service.threadKind();
            long half = requests / 2;
            long first = Math.min(WARM_UP_MAX, requests / 2);
            Progress progress = new Progress(progressOut, terminal, 2 * (requests + first));
            for (Side side : warmUp) drive(service, load, side, first, progress);
            drive(service, load, perCpu, half, progress);
            drive(service, load, usual, half, progress);
            drive(service, load, usual, requests - half, progress);
            drive(service, load, perCpu, requests - half, progress);
            progress.end();
            stats = get(service.uri("/stats"));
            hashersMade = service.hashersMade();
        }
        boolean complete = perCpu.load().answered() == requests && usual.load().answered() == requests;
        return new Outcome(threadKind, clients, warmUp, perCpu, usual, hashersMade, stats, complete, tightLoops());
    }

    private void drive(Service service, Load load, Side side, long count, Progress progress)
            throws InterruptedException {
        service.use(side.metrics());
        side.add(load.run(count, deadline, progress));
    }

    private static String get(URI uri) throws IOException {
        try (InputStream answer = uri.toURL().openConnection(Proxy.NO_PROXY).getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8).trim();
        }
    }

    /** Alone, and with twice as many threads as CPUs, where what is shared is fought over. */
    private List<List<TightLoop.Figure>> tightLoops() throws InterruptedException, ExecutionException {
        TightLoop tightLoop = new TightLoop();
        List<List<TightLoop.Figure>> loops = new ArrayList<>();
        for (int threads : new int[] {1, 2 * Runtime.getRuntime().availableProcessors()})
            loops.add(tightLoop.run(TightLoop.ways(), threads, deadline));
        return loops;
    }
}
