/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Lease;
import io.rseq.PerCpuPool;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;

/** A pool whose idle objects have most of the heap: {@code softly}, as docs/structures.md has it, or {@code strongly}. Then the application wants most of the heap. */
public final class SoftlyPooled {
    private static final int BYTES = 1 << 16;
    private static final int OBJECTS = 512;

    private static final List<byte[]> WANTED = new ArrayList<>();

    private SoftlyPooled() {}

    public static void main(String[] arguments) {
        boolean softly = arguments[0].equals("softly");
        PerCpuPool<Buffer> pool = PerCpuPool.builder(() -> new Buffer(softly))
                .capacityPerCpu(OBJECTS)
                .build();
        List<Lease<Buffer>> leases = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) leases.add(pool.lease());
        for (Lease<Buffer> lease : leases) {
            lease.get().bytes();
            lease.close();
        }
        leases.clear();
        System.out.println("idle=" + pool.idle());
        long most = Runtime.getRuntime().maxMemory() * 3 / 4;
        boolean all = true;
        try {
            for (long has = 0; has < most; has += BYTES) WANTED.add(new byte[BYTES]);
        } catch (OutOfMemoryError full) {
            all = false;
        }
        WANTED.clear();
        System.out.println("gotAll=" + all);
        try (Lease<Buffer> lease = pool.lease()) {
            System.out.println("again=" + lease.get().bytes().length);
        }
        /* One more where the thread moved, in between, to a CPU whose stack is empty. */
        System.out.println("kept=" + (pool.idle() == OBJECTS || pool.idle() == OBJECTS + 1));
    }

    private static final class Buffer {
        private SoftReference<byte[]> bytes = new SoftReference<>(null);
        private final byte[] kept;

        Buffer(boolean softly) {
            kept = softly ? null : new byte[BYTES];
        }

        /** The user holds it, for as long as it has the lease. */
        byte[] bytes() {
            if (kept != null) return kept;
            byte[] now = bytes.get();
            if (now == null) bytes = new SoftReference<>(now = new byte[BYTES]);
            return now;
        }
    }
}
