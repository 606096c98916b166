/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import io.rseq.Cpus;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * What each sequence answers and leaves, at every edge of its arguments: one text for the fakes of the unit tests and for the sequences of the
 * agent, which CommitterIT launches. Compare {@code native/test/the_sequences_keep_their_contracts.c}, which enters by C. One thread, kept on one
 * CPU, where nothing aborts but by chance.
 */
public final class SequenceContract {
    private static final long CLOSABLE_CLOSED = 8;
    private static final long STACK_CLOSED = 8;
    private static final long STACK_VALUES = 16;
    private static final long BUFFER_HEAD = 64;
    private static final long BUFFER_DATA = 128;
    private static final long TALLY_COUNT = 8;
    private static final long TALLY_STATES = 64;
    private static final long TALLY_STATE = 64;
    private static final long TALLY_BUCKETS = 192;
    private static final long PADDING = 1L << 32;
    private static final int ROOM = 4096;

    private final int here = Cpus.index();
    private final int shared = Cpus.count();

    private SequenceContract() {}

    /** Prints {@code contract=held}; or ends with an error that says what was not. */
    public static void main(String[] arguments) {
        check();
        System.out.println("contract=held");
    }

    static void check() {
        SequenceContract contract = new SequenceContract();
        contract.whatWasAllocatedWithoutSequencesHasNone();
        contract.addTouchesItsCellAlone();
        contract.doublesAreAddedAsJavaAddsThem();
        contract.theHighestStays();
        contract.aClosedCellRefusesAndKeepsWhatItHolds();
        contract.takingLeavesZerosAndOpenCells();
        contract.whatIsClosedIsNotCounted();
        contract.aStackIsLastInFirstOutWithinItsCapacity();
        contract.aClosedStackRefusesAll();
        contract.aCountThatIsNoneIsNotFollowed();
        contract.batchesKeepTheOrderOfTheStack();
        contract.aRowGivesTheLowestFullPlaceOfItsOwnCpu();
        contract.placesAreThoseOfCpus();
        contract.aTallyHasEachValueInCountSumLowestHighestAndBucket();
        contract.aTallyThatIsClosedOrNamesNoBucketIsLeftAlone();
        contract.aRecordIsHeaderAndBytesAndNothingElse();
        contract.aRecordThatWouldCrossTheEndStartsAnewBehindPadding();
        equal("the CPU, in the end", Cpus.index(), contract.here);
    }

    private void whatWasAllocatedWithoutSequencesHasNone() {
        long none = Commits.NONE;
        answers(Commits.UNAVAILABLE, () -> Commits.add(none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.add(none + 8, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.addDouble(none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.max(none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.count(none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.push(none, 4, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.pop(none, 4));
        answers(Commits.UNAVAILABLE, () -> Commits.take(none, 8));
        answers(Commits.UNAVAILABLE, () -> Commits.tally(none, 3, 1, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.pushBatch(none, 4, none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.popBatch(none, 4, none, 1));
        answers(Commits.UNAVAILABLE, () -> Commits.append(none, 64, new byte[1], 0, 1));
    }

    private void addTouchesItsCellAlone() {
        long cells = allocate();
        for (long delta : new long[] {5, -7, Long.MIN_VALUE})
            answers(Commits.COMMITTED, () -> Commits.add(cells + 8, delta));
        onlyTheSecond(cells, Long.MAX_VALUE - 1);
    }

    private void doublesAreAddedAsJavaAddsThem() {
        long cells = allocate();
        double sum = 0;
        for (double delta : new double[] {0.1, 0.2, -1e300, 1e300, Double.MIN_VALUE, -0.0, Double.POSITIVE_INFINITY}) {
            sum += delta;
            answers(Commits.COMMITTED, () -> Commits.addDouble(cells + 8, delta));
            onlyTheSecond(cells, Double.doubleToRawLongBits(sum));
        }
        answers(Commits.COMMITTED, () -> Commits.addDouble(cells + 8, Double.NEGATIVE_INFINITY));
        double none = Double.longBitsToDouble(Commits.get(here, cells + 8));
        equal("not a number", Double.isNaN(none) ? 1 : 0, 1);
    }

    /* Unsigned: what is negative is above. */
    private void theHighestStays() {
        long cells = allocate();
        long[] values = {3, 2, 3, 7, Long.MAX_VALUE, 9, Long.MIN_VALUE, -1, Long.MAX_VALUE};
        long[] highest = {3, 3, 3, 7, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1, -1};
        for (int i = 0; i < values.length; i++) {
            long value = values[i];
            answers(Commits.COMMITTED, () -> Commits.max(cells + 8, value));
            onlyTheSecond(cells, highest[i]);
        }
    }

    private void aClosedCellRefusesAndKeepsWhatItHolds() {
        long cell = allocate();
        answers(Commits.COMMITTED, () -> Commits.addDouble(cell, 1.5));
        for (long closed : new long[] {1, -1, Long.MIN_VALUE}) {
            Commits.put(here, cell + CLOSABLE_CLOSED, closed);
            answers(Commits.CLOSED, () -> Commits.addDouble(cell, 1));
            answers(Commits.CLOSED, () -> Commits.max(cell, Long.MAX_VALUE));
            answers(Commits.CLOSED, () -> Commits.max(cell, 1)); // also where there is nothing to store
            holds(here, cell, Double.doubleToRawLongBits(1.5));
            holds(here, cell + CLOSABLE_CLOSED, closed);
        }
        Commits.put(here, cell + CLOSABLE_CLOSED, 0);
        answers(Commits.COMMITTED, () -> Commits.addDouble(cell, 1));
        holds(here, cell, Double.doubleToRawLongBits(2.5));
    }

    private void takingLeavesZerosAndOpenCells() {
        if (!Commits.fence()) return;
        long cell = allocate();
        for (int region = 0; region <= shared; region++)
            Commits.put(region, cell, Double.doubleToRawLongBits(region + 0.5));
        equal("the sum, doubled", (long) (2 * Commits.takeDoubles(cell)), (long) shared * shared);
        equal("the sum, taken again", Double.doubleToRawLongBits(Commits.takeDoubles(cell)), 0);
        holds(shared, cell, Double.doubleToRawLongBits(shared + 0.5)); // no CPU's
        for (int region = 0; region < shared; region++) {
            holds(region, cell, 0);
            holds(region, cell + CLOSABLE_CLOSED, 0);
            Commits.put(region, cell, region - 1); // unsigned: that of CPU 0 is the highest
        }
        equal("the highest", Commits.takeMax(cell), -1);
        equal("the highest, taken again", Commits.takeMax(cell), 0);
        Commits.put(here, cell + CLOSABLE_CLOSED, 1); // by another thread, which has taken and not yet opened
        Commits.put(here, cell, 7);
        equal("the highest", Commits.takeMax(cell), 7);
        holds(here, cell + CLOSABLE_CLOSED, 1);
    }

    private void whatIsClosedIsNotCounted() {
        long cells = allocate();
        long closed = cells + 8 + Commits.COUNT_CLOSED;
        Commits.put(shared, cells, 1); // nobody asks these
        Commits.put(shared, cells + 8, 1);
        Commits.put(shared, closed, 0);
        answers(Commits.COMMITTED, () -> Commits.count(cells + 8, 3));
        for (long word : new long[] {1, -1, Long.MIN_VALUE}) {
            Commits.put(shared, closed, word);
            answers(Commits.CLOSED, () -> Commits.count(cells + 8, 1));
            holds(shared, closed, word);
        }
        Commits.put(shared, closed, 0);
        answers(Commits.COMMITTED, () -> Commits.count(cells + 8, -5));
        Commits.put(shared, cells, 0);
        Commits.put(shared, cells + 8, 0);
        onlyTheSecond(cells, -2);
    }

    private void aStackIsLastInFirstOutWithinItsCapacity() {
        long stack = allocate();
        answers(Commits.FULL, () -> Commits.pop(stack, 3)); // empty
        for (long i = -1; i <= 1; i++) {
            long value = i;
            answers(Commits.COMMITTED, () -> Commits.push(stack, 3, value));
        }
        answers(Commits.FULL, () -> Commits.push(stack, 3, 9));
        holds(here, stack + STACK_VALUES + 8 * 3, 0);
        for (long value = 1; value >= -1; value--) answers(value, () -> Commits.pop(stack, 3));
        answers(Commits.FULL, () -> Commits.pop(stack, 3));
        for (int region = 0; region <= shared; region++) {
            holds(region, stack, 0);
            holds(region, stack + STACK_VALUES, region == here ? -1 : 0); // popped, and still there
        }
    }

    private void aClosedStackRefusesAll() {
        long stack = allocate();
        answers(Commits.COMMITTED, () -> Commits.push(stack, 3, 7));
        Commits.put(here, stack + STACK_CLOSED, -1);
        answers(Commits.CLOSED, () -> Commits.push(stack, 3, 9));
        answers(Commits.CLOSED, () -> Commits.pop(stack, 3));
        answers(Commits.CLOSED, () -> Commits.pushBatch(stack, 3, stack, 1));
        answers(Commits.CLOSED, () -> Commits.popBatch(stack, 3, stack, 1));
        Commits.put(here, stack + STACK_CLOSED, 0);
        answers(7, () -> Commits.pop(stack, 3));
    }

    private void aCountThatIsNoneIsNotFollowed() {
        long stack = allocate();
        for (long count : new long[] {-1, 5, Long.MIN_VALUE, Long.MAX_VALUE}) {
            Commits.put(here, stack, count);
            answers(Commits.FULL, () -> Commits.push(stack, 4, 9));
            answers(Commits.FULL, () -> Commits.pop(stack, 4));
            answers(0, () -> Commits.pushBatch(stack, 4, stack, 1));
            answers(0, () -> Commits.popBatch(stack, 4, stack, 1));
            holds(here, stack, count);
        }
    }

    private void batchesKeepTheOrderOfTheStack() {
        long stack = allocate();
        long batch = allocate();
        for (int i = 0; i < 5; i++) Commits.put(shared, batch + 8 * i, 10 + i);
        answers(3, () -> Commits.pushBatch(stack, 5, batch, 3));
        answers(2, () -> Commits.pushBatch(stack, 5, batch, 3)); // 10 11 12 10 11
        answers(0, () -> Commits.pushBatch(stack, 5, batch, 3));
        answers(0, () -> Commits.popBatch(stack, 5, batch, 0));
        answers(11, () -> Commits.pop(stack, 5));
        answers(0, () -> Commits.pushBatch(stack, 5, batch, 0));
        answers(2, () -> Commits.popBatch(stack, 5, batch, 2));
        holds(shared, batch, 12);
        holds(shared, batch + 8, 10);
        holds(shared, batch + 16, 12);
        answers(2, () -> Commits.popBatch(stack, 5, batch, 100));
        holds(shared, batch, 10);
        holds(shared, batch + 8, 11);
        answers(0, () -> Commits.popBatch(stack, 5, batch, 2));
    }

    private void aRowGivesTheLowestFullPlaceOfItsOwnCpu() {
        long row = allocate();
        answers(Commits.FULL, () -> Commits.take(row, 32)); // none
        int[] full = {0, 7, 8, 15, 17, 31};
        for (int place : full) setPlace(row, place);
        int elsewhere = here == 0 ? shared : 0;
        Commits.put(elsewhere, row + Commits.PLACES_AT, -1);
        for (int place : full) {
            answers(taken(place), () -> Commits.take(row, 32));
            holds(here, row + Commits.PLACES_AT + (place & -8), rest(full, place));
        }
        answers(Commits.FULL, () -> Commits.take(row, 32));
        holds(elsewhere, row + Commits.PLACES_AT, -1);
        setPlace(row, 8);
        answers(Commits.FULL, () -> Commits.take(row, 8));
        answers(taken(8), () -> Commits.take(row, 9));
        Commits.put(here, row + Commits.PLACES_AT, 0xffL << 24); // whatever is not 0 is full
        Commits.put(here, row, -1);
        answers(Commits.CLOSED, () -> Commits.take(row, 32));
        Commits.put(here, row, 0);
        answers(taken(3), () -> Commits.take(row, 32));
        holds(here, row + Commits.PLACES_AT, 0);
    }

    private long taken(int place) {
        return (long) here << 32 | place;
    }

    /* The eight places around one, when it and all below were taken. */
    private static long rest(int[] full, int taken) {
        return Arrays.stream(full)
                .filter(place -> place > taken && place / 8 == taken / 8)
                .mapToLong(place -> 1L << 8 * (place & 7))
                .sum();
    }

    private void setPlace(long row, int place) {
        long at = Commits.REGION * here + row + Commits.PLACES_AT + place;
        equal("place " + place, Commits.setPlace(at, true) ? 1 : 0, 1);
    }

    private void placesAreThoseOfCpus() {
        long row = allocate();
        for (long none : new long[] {-1, Commits.NONE, Commits.REGION * (shared + 1), Long.MAX_VALUE})
            equal("no place " + none, Commits.setPlace(none, true) ? 1 : 0, 0);
        equal("the shared region", Commits.setPlace(Commits.REGION * shared + row + 8, true) ? 1 : 0, 0);
        holds(shared, row + 8, 0);
    }

    /* The state in force is that of the count; the bucket's own word is one value behind. */
    private void aTallyHasEachValueInCountSumLowestHighestAndBucket() {
        long tally = allocate();
        double[] values = {-2.5, 7, -1e300, 1e300, 7, Double.POSITIVE_INFINITY};
        int[] in = {1, 2, 0, 2, 2, 2};
        double[] lowest = {-2.5, -2.5, -1e300, -1e300, -1e300, -1e300};
        double[] highest = {-2.5, 7, 7, 1e300, 1e300, Double.POSITIVE_INFINITY};
        long[] counts = new long[4];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            int bucket = in[i];
            sum += value;
            answers(Commits.COMMITTED, () -> Commits.tally(tally, 3, bucket, value));
            holds(here, tally + TALLY_COUNT, i + 1);
            long state = tally + TALLY_STATES + TALLY_STATE * (i + 1 & 1);
            holds(here, state, Double.doubleToRawLongBits(sum));
            holds(here, state + 8, Double.doubleToRawLongBits(lowest[i]));
            holds(here, state + 16, Double.doubleToRawLongBits(highest[i]));
            holds(here, state + 24, bucket);
            holds(here, state + 32, counts[bucket] + 1);
            for (int j = 0; j < counts.length; j++) holds(here, tally + TALLY_BUCKETS + 8 * j, counts[j]);
            counts[bucket]++;
        }
        for (int region = 0; region < shared; region++) if (region != here) holds(region, tally + TALLY_COUNT, 0);
    }

    private void aTallyThatIsClosedOrNamesNoBucketIsLeftAlone() {
        long tally = allocate();
        Commits.put(here, tally, -1);
        answers(Commits.CLOSED, () -> Commits.tally(tally, 2, 0, 1));
        Commits.put(here, tally, 0);
        for (long bucket : new long[] {2, -1, Long.MIN_VALUE}) {
            Commits.put(here, tally + TALLY_STATES + 24, bucket);
            answers(Commits.UNAVAILABLE, () -> Commits.tally(tally, 2, 0, 1));
        }
        holds(here, tally + TALLY_COUNT, 0);
        for (int word = 0; word < 3; word++) holds(here, tally + TALLY_BUCKETS + 8 * word, 0);
    }

    private void aRecordIsHeaderAndBytesAndNothingElse() {
        int from = 3;
        long capacity = 1024;
        long buffer = allocate();
        byte[] source = new byte[from + 200];
        for (int i = 0; i < source.length; i++) source[i] = (byte) (i + 1);
        for (int longest = 0; longest <= source.length - from; longest++) {
            int length = longest;
            for (long at = 0; at < capacity; at += 8) Commits.put(here, buffer + BUFFER_DATA + at, -1);
            Commits.put(here, buffer + BUFFER_HEAD, 7 * capacity);
            Commits.put(here, buffer, 7 * capacity);
            answers(Commits.COMMITTED, () -> Commits.append(buffer, capacity, source, from, length));
            long end = 8 + length + 7 & -8;
            holds(here, buffer, 7 * capacity + end);
            holds(here, buffer + BUFFER_HEAD, 7 * capacity);
            holds(here, buffer + BUFFER_DATA, length);
            byte[] copy = new byte[length];
            Commits.copyOut(here, buffer + BUFFER_DATA + 8, copy, 0, length);
            equal("bytes of " + length, Arrays.mismatch(copy, Arrays.copyOfRange(source, from, from + length)), -1);
            for (long at = end; at < capacity; at += 8) holds(here, buffer + BUFFER_DATA + at, -1);
        }
        holds(here, buffer + BUFFER_DATA + capacity, 0);
    }

    private void aRecordThatWouldCrossTheEndStartsAnewBehindPadding() {
        long buffer = allocate();
        append(buffer, 57, Commits.FULL, 0);
        append(buffer, 56, Commits.COMMITTED, 64); // all of it
        data(buffer, 0, 56);
        append(buffer, 0, Commits.FULL, 64);
        Commits.put(here, buffer + BUFFER_HEAD, 64);
        append(buffer, 1, Commits.COMMITTED, 64 + 16);
        data(buffer, 0, 1);
        append(buffer, 0, Commits.COMMITTED, 64 + 24);
        data(buffer, 2, 0);
        append(buffer, 41, Commits.FULL, 64 + 24); // neither there, nor at the start, where the first one is unread
        Commits.put(here, buffer + BUFFER_HEAD, 64 + 24);
        append(buffer, 41, Commits.FULL, 64 + 24); // with its padding it is more than there is
        append(buffer, 17, Commits.COMMITTED, 64 + 56);
        data(buffer, 3, 17);
        Commits.put(here, buffer + BUFFER_HEAD, 64 + 56);
        append(buffer, 8, Commits.COMMITTED, 128 + 16); // the 8 bytes at the end hold no more than a header
        data(buffer, 7, PADDING);
        data(buffer, 0, 8);
        data(buffer, 8, 0); // behind the data
    }

    private void append(long buffer, int length, long answer, long tail) {
        answers(answer, () -> Commits.append(buffer, 64, new byte[64], 0, length));
        holds(here, buffer, tail);
    }

    private void data(long buffer, int word, long value) {
        holds(here, buffer + BUFFER_DATA + 8 * word, value);
    }

    /* Of three cells in each region, the second of this CPU's has that value, and the others none. */
    private void onlyTheSecond(long cells, long value) {
        for (int region = 0; region <= shared; region++) {
            for (int cell = 0; cell < 3; cell++)
                holds(region, cells + 8 * cell, region == here && cell == 1 ? value : 0);
        }
    }

    private static void holds(int region, long offset, long value) {
        equal("the word at " + offset + " of region " + region, Commits.get(region, offset), value);
    }

    private static void answers(long answer, LongSupplier sequence) {
        long got = sequence.getAsLong();
        for (int tries = 1; got == Commits.RESTARTED && tries < Commits.TRIES; tries++) got = sequence.getAsLong();
        equal("the answer", got, answer);
    }

    private static void equal(String what, long is, long wanted) {
        if (is != wanted) throw new AssertionError(what + " is " + is + ", not " + wanted);
    }

    /* The fakes have no word in the shared region that nobody wrote. */
    private long allocate() {
        long offset = Commits.allocate(ROOM);
        if (offset < 0) throw new AssertionError("no memory: " + offset);
        for (int word = 0; word < 3; word++) Commits.put(shared, offset + 8 * word, 0);
        return offset;
    }
}
