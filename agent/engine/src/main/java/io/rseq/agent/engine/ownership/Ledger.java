/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ledger as people see it: each live thread that was counted in or refused. The records are copied by the C side, each consistent in
 * itself, while threads come and go; a thread that ended since keeps its row and has lost its name.
 */
public final class Ledger {
    /* struct thread_record, ledger.h */
    private static final int RECORD_BYTES = 64;
    private static final int TID = 4;
    private static final int JAVA_ID = 8;
    private static final int SINCE = 16;
    private static final int AREA = 24;
    private static final int LENGTH = 32;
    private static final int OWNER = 36;
    private static final int REFCOUNT = 44;
    private static final int REREGISTERED = 52;

    private static final int CAPACITY_MAX = 1 << 18; // LEDGER_CAPACITY
    private static final int NEWCOMERS = 64;

    private final List<LedgerRow> rows;

    private Ledger(List<LedgerRow> rows) {
        this.rows = rows;
    }

    /**
     * The threads of now. Starts JNA at the first call.
     *
     * @throws IllegalStateException with the reason when JNA is not available in this process
     */
    public static Ledger read() {
        Libc.open(); // makes JNA what it must be in this process
        Function snapshot = Function.getFunction(new Pointer($Rseq.snapshotFunction()));
        Totals totals = Totals.read();
        long live = totals.registered() - totals.released() + totals.refused();
        int capacity = (int) Math.min(live + NEWCOMERS, CAPACITY_MAX);
        while (true) {
            // not JNA's Memory, which starts a thread of JNA's in the application
            ByteBuffer records =
                    ByteBuffer.allocateDirect(capacity * RECORD_BYTES).order(ByteOrder.nativeOrder());
            Object[] arguments = {records, capacity};
            int count = snapshot.invokeInt(arguments);
            if (count < capacity || capacity == CAPACITY_MAX) return of(records, count);
            capacity = Math.min(2 * capacity, CAPACITY_MAX);
        }
    }

    public List<LedgerRow> rows() {
        return rows;
    }

    private static Ledger of(ByteBuffer records, int count) {
        Map<Long, String> names = ThreadNames.read();
        boolean readsAreas = !$Rseq.description().contains(" reader=getcpu "); // which reads none, whatever is there
        long now = System.nanoTime(); // CLOCK_MONOTONIC, like the C side's (os_linux.cpp, javaTimeNanos)
        List<LedgerRow> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = i * RECORD_BYTES;
            rows.add(new LedgerRow(
                    names.getOrDefault(records.getLong(at + JAVA_ID), "?"),
                    records.getInt(at + TID),
                    Owner.of(records.getInt(at + OWNER)).word(),
                    records.getLong(at + AREA),
                    records.getInt(at + LENGTH),
                    Integer.toUnsignedLong(records.getInt(at + REFCOUNT)),
                    Math.max(0, now - records.getLong(at + SINCE)) / 1_000_000_000,
                    Integer.toUnsignedLong(records.getInt(at + REREGISTERED)),
                    readsAreas && records.getLong(at + AREA) != 0));
        }
        return new Ledger(rows);
    }

    /** A line per thread. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder(rows.size() * 128);
        for (LedgerRow row : rows) lines.append(row).append('\n');
        return lines.toString();
    }
}
