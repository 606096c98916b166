/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Per-CPU memory: zeroed, given back, bounded. */
final class Regions {
    private static final long STRIDE = 1L << 28;
    private static final long REGION = 1L << Integer.getInteger("region.shift", 26);
    private static final long BY = Commits.BY_CONCURRENCY_ID;

    private Regions() {}

    static void run() {
        zeroed();
        System.out.println("misuse.notRefused=" + misuse());
    }

    private static void zeroed() {
        long before = Commits.allocated();
        boolean zero = true;
        boolean aligned = true;
        for (long bytes : new long[] {8, 24, 64, 4096, 100_000, REGION / 2}) {
            int step = bytes > 100_000 ? 64 : 8; // an interpreter takes long for each word of half a region
            for (int times = 0; times < 2; times++) {
                long offset = Commits.allocate(bytes);
                aligned &= offset % (bytes < 64 ? 8 : 64) == 0;
                for (int region = 0; region <= Cpus.count(); region++) {
                    for (long at = 0; at + 8 <= bytes; at += step) {
                        zero &= Commits.get(region, offset + at) == 0;
                        if (at % 512 == 0) Commits.put(region, offset + at, -1);
                    }
                }
                Commits.free(offset, bytes);
            }
        }
        System.out.println("memory.zeroed=" + zero);
        System.out.println("memory.aligned=" + aligned);
        System.out.println("memory.kept=" + (Commits.allocated() - before));
    }

    /** How many calls with a range outside of the regions, or a capacity that is none, were not refused. */
    private static long misuse() {
        byte[] bytes = new byte[16];
        List<Supplier<Object>> calls = new ArrayList<>();
        for (long bad : new long[] {
            -8,
            4,
            REGION,
            REGION - 4,
            -REGION,
            STRIDE - (REGION == STRIDE ? 4 : 8),
            STRIDE,
            Commits.NONE + STRIDE,
            Long.MAX_VALUE,
            1L << 40,
            BY - 8,
            BY + REGION
        }) {
            calls.add(() -> Commits.add(bad, 1));
            calls.add(() -> Commits.count(bad, 1));
            calls.add(() -> Commits.push(bad, 4, 1));
            calls.add(() -> Commits.pop(bad, 4));
            calls.add(() -> Commits.take(bad, 8));
            calls.add(() -> Commits.pushBatch(64, 4, bad, 1));
            calls.add(() -> Commits.popBatch(bad, 4, 64, 1));
            calls.add(() -> Commits.append(bad, 64, bytes, 0, 1));
            calls.add(() -> Commits.get(0, bad));
            calls.add(() -> nothing(() -> Commits.put(0, bad, 1)));
            calls.add(() -> nothing(() -> Commits.copyOut(0, bad == 4 ? -4 : bad, bytes, 0, 16)));
            calls.add(() -> nothing(() -> Commits.free(bad, 8)));
        }
        for (long bad : new long[] {0, -1, (1 << 20) + 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 61}) {
            calls.add(() -> Commits.push(64, bad, 1));
            calls.add(() -> Commits.pop(64, bad));
            calls.add(() -> Commits.take(64, (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, bad))));
            calls.add(() -> Commits.pushBatch(64, bad, 64, 1));
            calls.add(() -> Commits.append(64, bad, bytes, 0, 1));
        }
        for (long bad : new long[] {-1, REGION / 8, 1L << 61, Long.MAX_VALUE}) {
            calls.add(() -> Commits.pushBatch(64, 4, 64, bad));
            calls.add(() -> Commits.popBatch(64, 4, 64, bad));
        }
        for (long bad : new long[] {32, 65, 96, 1 << 27}) calls.add(() -> Commits.append(64, bad, bytes, 0, 1));
        calls.add(() -> Commits.count(REGION - Commits.COUNT_CLOSED, 1));
        calls.add(() -> Commits.push(REGION - 64, 7, 1));
        calls.add(() -> Commits.append(REGION - 128, 64, bytes, 0, 1));
        calls.add(() -> Commits.append(64, 64, bytes, 10, 7));
        calls.add(() -> Commits.append(64, 64, bytes, -1, 1));
        for (int bad : new int[] {-1, Cpus.count() + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            calls.add(() -> Commits.get(bad, 64));
            calls.add(() -> nothing(() -> Commits.put(bad, 64, 1)));
            calls.add(() -> nothing(() -> Commits.copyOut(bad, 64, bytes, 0, 1)));
        }
        long notRefused = 0;
        for (Supplier<Object> call : calls) {
            try {
                call.get();
                notRefused++;
            } catch (IndexOutOfBoundsException refused) {
                // as it must be
            }
        }
        for (long bad : new long[] {
            -1,
            Commits.NONE,
            STRIDE * (Cpus.count() + 1),
            Long.MAX_VALUE,
            REGION == STRIDE ? -1 : REGION,
            REGION == STRIDE ? -1 : STRIDE - 1
        }) {
            if (Commits.setPlace(bad, true)) notRefused++;
        }
        return notRefused;
    }

    private static Object nothing(Runnable call) {
        call.run();
        return null;
    }
}
