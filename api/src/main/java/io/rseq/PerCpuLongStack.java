/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.CpuStacks;
import io.rseq.internal.LockedStack;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.StripedStack;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * A bounded stack of longs for each CPU, and one overflow that they share: for ids of slots, addresses of blocks, whatever is taken and
 * given back often and is worth the same whichever of them one gets.
 *
 * <p><b>How.</b> Under the agent, push and pop are <em>restartable sequences</em> on per-CPU memory: look at the count, read or write a
 * value, store the new count. That last store is the commit, a plain one; a thread that is preempted, moved or signalled before it starts
 * the sequence again. No atomic instruction, no line shared with another CPU. What is taken on one CPU and given back on another comes
 * round through the overflow, on the heap: a push that finds its CPU's stack full moves a batch of up to half of it there first, a pop that
 * finds it empty fetches one. Where there are no sequences (no agent, {@code committer=atomic}) a stripe on the heap for each index stands
 * in for the CPU's stack, under a monitor.
 *
 * <p><b>Promises.</b> A value that was pushed is popped or drained once, or is still here; whatever the interleaving, also when the agent
 * arrives in the middle: what the stripes hold moves into the CPUs' stacks then, and no stripe takes a value again. No more than {@code
 * capacityPerCpu * Cpus.count() + overflow} values are here at a time. There is no order among all: last in, first out holds on one CPU
 * between exchanges with the overflow. {@code false} from push and {@link #EMPTY} from pop speak of this CPU and the overflow, of which each was
 * found full, or empty, during the call: other CPUs may have room, or values. A thread whose sequences don't commit (it has no area, was
 * restarted too often, met a drain) is told neither for that: it closes the stack of its CPU, fences, and looks itself. Before Linux 5.10, where there
 * is no such fence, a thread without an area, and one under a debugger that steps, have the overflow alone.
 *
 * <p><b>Progress.</b> By sequence push and pop are wait-free: 64 restarts at most, then the overflow. The overflow and the stripes are
 * under monitors that are held for some dozen instructions, a batch's copy at most, and never while somebody's code is called. {@link #drainTo}
 * blocks other drains, and nobody else for longer than it moves values: a push or pop that meets a stack closed by it goes to the overflow, and
 * waits only where that is full, or empty.
 *
 * <p><b>Errors of the VM.</b> HotSpot may take a thread's frames away in the middle of an operation ({@link io.rseq.internal.LockedStack} says when).
 * Nothing stays locked or closed then, and no value is in two places. What that thread had in hand, a batch at most, is lost with its frame. What a
 * drain had not yet handed out is what the next drain hands out.
 *
 * <p><b>Memory ordering.</b> What a thread did before it pushed a value <em>happens before</em> what follows the pop or drain that takes
 * it. On one CPU, because both threads ran there: program order of that CPU, and the switch between them is a full barrier of the kernel's
 * (so it is when an {@code mm_cid} passes from one CPU to another); the compiler is held by a release and an acquire fence. Through the
 * overflow, by its lock. In a drain, by the fence of membarrier(2).
 *
 * <p><b>Migration, preemption.</b> A thread that is moved between the push and the next pop simply uses another stack. One that is
 * preempted in a sequence holds nobody up; one that is preempted in the overflow's lock holds up those who need the overflow. <b>Dying
 * threads</b> leave nothing behind: values are the CPU's. <b>Virtual threads</b> use the carrier's CPU, and can't be unmounted within an
 * operation. A thread without a registered area uses the overflow alone.
 *
 * <p><b>Cost.</b> 16 + 8 * capacity bytes on each CPU that ever pushed, given back after this is unreachable; the overflow and the stripes
 * grow as they fill. A drain interrupts every CPU that runs a thread of this process, once.
 *
 * <p><b>Sources.</b> The per-CPU lists of {@code mm/page_alloc.c} in Linux and the per-CPU caches of tcmalloc (docs/design.md there), which
 * closes a cache to drain it behind the same fence; their batches; Bonwick and Adams, <em>Magazines and Vmem</em> (USENIX 2001), for the
 * exchange with a depot. A lock-free list for the overflow would not do: the batch passes through memory that one exchange must have for
 * itself.
 *
 * @since 0.1.0
 */
public final class PerCpuLongStack {
    /** What {@link #pop()} answers when there is nothing. */
    public static final long EMPTY = LockedStack.EMPTY;

    /** The least value that can be pushed: {@code Long.MIN_VALUE + 16}. */
    public static final long LEAST = Commits.STATUS_MAX + 1;

    /** The most values that one CPU's stack can hold. */
    public static final int MAX_CAPACITY = 1 << 20;

    private static final long NONE = PerCpuMemory.NONE;
    private static final int MAX_BATCH = 32;
    private static final int EXCHANGES = 4;
    private static final int OPEN_EVERY = 64;

    private static final VarHandle TOLD;

    static {
        try {
            TOLD = MethodHandles.lookup().findVarHandle(PerCpuLongStack.class, "told", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final long capacity;
    private final long by;
    private final CpuStacks stacks;
    private final Index index;
    private final PerCpuMemory memory;
    private final LockedStack overflow;
    private final StripedStack stripes;

    /* What drains took and have not yet handed out. Here, so that the next drain hands it out if the frame of one is gone. */
    private final LockedStack leaving = new LockedStack(Integer.MAX_VALUE);

    /*
     * What sequences are told: the memory's offset and by; NONE until what the stripes held is there. Plain on the hot path: who reads NONE too
     * long goes the slow way, which looks again. What follows a commit takes nothing from before it but the value: what lives across the call
     * costs a store and a load each time.
     */
    private long told;

    /* How often a stack was found closed: about. */
    private int closedMet;

    /** Constructs a stack of that many values for each CPU, and an overflow of four times as many for all. */
    public PerCpuLongStack(int capacityPerCpu) {
        this(capacityPerCpu, (int) Math.min(4L * capacityPerCpu, Integer.MAX_VALUE), Index.CPU);
    }

    /**
     * Of that many values for each {@code index}, and that many for all in the overflow, which may be 0.
     *
     * @throws IllegalArgumentException if {@code capacityPerCpu} is not between 1 and {@link #MAX_CAPACITY}, {@code overflow} is negative,
     *     or {@code index} is {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuLongStack(int capacityPerCpu, int overflow, Index index) {
        if (capacityPerCpu < 1 || capacityPerCpu > MAX_CAPACITY)
            throw new IllegalArgumentException("capacityPerCpu=" + capacityPerCpu + ": not in 1.." + MAX_CAPACITY);
        if (overflow < 0) throw new IllegalArgumentException("overflow=" + overflow);
        this.capacity = capacityPerCpu;
        this.index = index;
        this.by = index.by();
        int batch = Math.max(1, Math.min(MAX_BATCH, capacityPerCpu / 2));
        this.stacks = new CpuStacks(capacity, batch, by);
        this.overflow = new LockedStack(overflow);
        this.stripes = new StripedStack(Cpus.count(), capacityPerCpu, this.overflow, batch);
        this.memory = new PerCpuMemory(CpuStacks.bytes(capacity));
        TOLD.setRelease(this, told(memory.offset()));
    }

    /** How many values each CPU's stack holds at most. */
    public int capacityPerCpu() {
        return (int) capacity;
    }

    /**
     * Pushes a value here, or into the overflow.
     *
     * @return false: both are full
     * @throws IllegalArgumentException if it is less than {@link #LEAST}
     */
    public boolean push(long value) {
        if (value < LEAST) throw refused(value);
        VarHandle.releaseFence();
        long status = Commits.push(told, capacity, value);
        boolean pushed = status == Commits.COMMITTED || pushPastStack(value, status);
        Reference.reachabilityFence(this);
        return pushed;
    }

    /** Pops a value from here, or from the overflow; {@link #EMPTY} when neither has one. */
    public long pop() {
        long value = Commits.pop(told, capacity);
        if (value < 0 && value < LEAST) value = popPastStack(value); // the first compare is the cheaper one
        VarHandle.acquireFence();
        Reference.reachabilityFence(this);
        return value;
    }

    /**
     * Pushes {@code n} values, the first first, each as {@link #push(long)} does.
     *
     * @return how many were pushed before one found both full
     * @throws IllegalArgumentException if one is less than {@link #LEAST}; none is pushed then
     */
    public int push(long[] values, int from, int n) {
        Objects.checkFromIndexSize(from, n, values.length);
        for (int i = from; i < from + n; i++) {
            if (values[i] < LEAST) throw refused(values[i]);
        }
        int pushed = 0;
        while (pushed < n && push(values[from + pushed])) pushed++;
        return pushed;
    }

    /** Pops up to {@code n} values, each as {@link #pop()} does, and says how many there were. */
    public int pop(long[] values, int from, int n) {
        Objects.checkFromIndexSize(from, n, values.length);
        for (int popped = 0; popped < n; popped++) {
            long value = pop();
            if (value == EMPTY) return popped;
            values[from + popped] = value;
        }
        return n;
    }

    /**
     * Takes what is here, on all CPUs and in the overflow, and hands it to {@code action}, which may call this stack. What others push or
     * pop meanwhile may stay. If {@code action} throws, the value that it threw at counts as taken, and the rest goes back into the
     * overflow, over its bound if need be; where the heap has no room for that, the next drain hands it out. Of drains at the same time, one
     * may hand out what another took, and one whose action throws puts back what the others took, too: these return early.
     *
     * <p>Other CPUs' stacks are closed and fenced off for it (membarrier(2), Linux 5.10). Where the kernel has no such fence, this CPU's
     * and the overflow's values alone are taken, and the other CPUs' stay: {@link #size()} counts them.
     *
     * @return how many were taken
     */
    public int drainTo(LongConsumer action) {
        Objects.requireNonNull(action);
        takeAll();
        int taken = 0;
        boolean done = false;
        try {
            for (int left = leaving.size(); left > 0; left--) {
                long value = leaving.pop();
                if (value == EMPTY) break;
                taken++;
                action.accept(value);
            }
            done = true;
        } finally {
            if (!done) putBack();
            leaving.trim();
        }
        return taken;
    }

    /* Needs memory where the overflow is not empty. Without it the values stay, and the next drain hands them out. */
    private void putBack() {
        try {
            overflow.takeAllFrom(leaving);
        } catch (OutOfMemoryError | StackOverflowError noRoom) {
            // the action's own exception goes on
        }
    }

    /** How many values are here, on all CPUs and in the overflow: exact when nobody pushes or pops, an estimate while others do. */
    public long size() {
        long size = overflow.size() + stripes.size() + leaving.size();
        long at = acquired();
        if (at == NONE) return size;
        size += stacks.size(at);
        Reference.reachabilityFence(this);
        return size;
    }

    /** How many values each index has. */
    long[] byIndex() {
        long[] sizes = Structures.oneForEachIndex();
        stripes.addSizes(sizes);
        long at = acquired();
        if (at != NONE) stacks.addSizes(at, sizes);
        Reference.reachabilityFence(this);
        return sizes;
    }

    @Override
    public String toString() {
        return "PerCpuLongStack[size=" + size() + ", capacityPerCpu=" + capacity + ", index=" + index + "]";
    }

    // ---- the slow ways
    // -------------------------------------------------------------------------------------------------------

    private boolean pushPastStack(long value, long refusal) {
        long at = acquire();
        if (at == NONE) {
            if (stripes.push(index.own(), value)) return true;
            if (memory.acquired() == NONE) return false; // else the agent has come, and the stripe may be retired
            at = acquire();
        }
        long status = refusal;
        if (status == Commits.RESTARTED || status == Commits.UNAVAILABLE && register())
            status = Commits.pushAgain(at + by, capacity, value);
        for (int i = 0; status == Commits.FULL && i < EXCHANGES && stacks.moveOut(at, overflow); i++)
            status = Commits.pushAgain(at + by, capacity, value);
        if (status == Commits.COMMITTED) return true;
        if (status == Commits.CLOSED) meetClosed(at);
        if (overflow.push(value)) return true;
        return status != Commits.FULL && pushAlone(at, value);
    }

    private long popPastStack(long refusal) {
        long at = acquire();
        if (at == NONE) {
            long value = stripes.pop(index.own());
            if (value != EMPTY || memory.acquired() == NONE) return value;
            at = acquire(); // as above
        }
        long status = refusal;
        if (status == Commits.RESTARTED || status == Commits.UNAVAILABLE && register())
            status = Commits.popAgain(at + by, capacity);
        if (status >= LEAST) return status;
        boolean empty = status == Commits.FULL;
        if (status == Commits.CLOSED) meetClosed(at);
        long value = overflow.isEmpty() ? EMPTY : empty ? stacks.moveIn(at, overflow) : overflow.pop();
        return value == EMPTY && !empty ? popAlone(at) : value;
    }

    /* Most go on without waiting for who closed the stack. One now and then looks whether somebody is still at it. */
    private void meetClosed(long at) {
        if (closedMet++ % OPEN_EVERY != 0) return;
        stacks.takeTurn();
        try {
            stacks.open(at);
        } finally {
            stacks.taken = false;
        }
    }

    private boolean pushAlone(long at, long value) {
        stacks.takeTurn();
        try {
            return stacks.pushAlone(index.own(), at, value);
        } finally {
            stacks.taken = false;
        }
    }

    private long popAlone(long at) {
        stacks.takeTurn();
        try {
            return stacks.popAlone(index.own(), at);
        } finally {
            stacks.taken = false;
        }
    }

    /* A thread without an area gets one when it asks for its index. */
    private boolean register() {
        return index.own() >= 0;
    }

    /* The memory's offset, as far as sequences are told of it. */
    private long acquired() {
        return (long) TOLD.getAcquire(this) == NONE ? NONE : memory.acquired();
    }

    private long told(long at) {
        return at == NONE ? NONE : at + by;
    }

    private long acquire() {
        long at = acquired();
        if (at != NONE || memory.acquire() == NONE) return at;
        stacks.takeTurn();
        try {
            synchronized (stacks) {
                if (acquired() == NONE) {
                    stacks.takeFrom(stripes, memory.acquired(), overflow);
                    TOLD.setRelease(this, told(memory.acquired()));
                }
            }
        } finally {
            stacks.taken = false;
        }
        return memory.acquired();
    }

    private void takeAll() {
        if (acquired() != NONE) register(); // where the kernel has no fence, this thread pops what is here
        stacks.takeTurn();
        try {
            synchronized (stacks) {
                // The overflow first: to what is empty it is handed over as it is.
                overflow.giveAllTo(leaving);
                if (acquired() != NONE) stacks.giveAllTo(leaving, memory.acquired());
                stripes.giveAllTo(leaving);
            }
        } finally {
            stacks.taken = false;
        }
        Reference.reachabilityFence(this);
    }

    private static IllegalArgumentException refused(long value) {
        return new IllegalArgumentException("value=" + value + ": less than LEAST");
    }
}
