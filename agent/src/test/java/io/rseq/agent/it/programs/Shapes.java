/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpu;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/** Every shape of method that can be woven, called with a value that no index has. */
public class Shapes {
    /** What callers pass: it is what a method that is not woven returns. */
    static final int NOT_WOVEN = -7;

    private final int constructed;

    @PerCpu
    public Shapes(@CpuIndex int cpu) {
        constructed = cpu;
    }

    @PerCpu
    static int still(@CpuIndex int cpu) {
        return cpu;
    }

    @PerCpu(Index.CONCURRENCY_ID)
    static int concurrencyId(@CpuIndex int id) {
        return id;
    }

    @PerCpu(Index.NUMA_NODE)
    static int node(@CpuIndex int node) {
        return node;
    }

    @PerCpu
    static int afterWideParameters(long a, double b, @CpuIndex int cpu, long c) {
        return a == 1 && b == 2 && c == 3 ? cpu : NOT_WOVEN;
    }

    @PerCpu
    int instance(Object a, long b, @CpuIndex int cpu) {
        return a == this && b == 1 ? cpu : NOT_WOVEN;
    }

    @PerCpu
    static synchronized int withTryAndLoop(@CpuIndex int cpu, int[] cells) {
        try {
            for (int i = 0; i < cells.length; i++) cells[i] += cpu;
            return cells[cells.length] + cpu;
        } catch (ArrayIndexOutOfBoundsException end) {
            return cpu;
        }
    }

    @PerCpu
    static int recursive(int depth, @CpuIndex int cpu) {
        return depth == 0 ? cpu : recursive(depth - 1, NOT_WOVEN);
    }

    /** An interface with a default, a static and a private method. */
    interface Face {
        @PerCpu
        default int byDefault(@CpuIndex int cpu) {
            return cpu;
        }

        @PerCpu
        static int still(@CpuIndex int cpu) {
            return cpu;
        }

        @PerCpu
        private int inPrivate(@CpuIndex int cpu) {
            return cpu;
        }

        default int byPrivate() {
            return inPrivate(NOT_WOVEN);
        }
    }

    /** Its constructor has a synthetic first parameter: the outer instance. */
    final class Inner {
        final int constructed;
        final Shapes outer = Shapes.this;

        @PerCpu
        Inner(long wide, @CpuIndex int cpu) {
            constructed = cpu;
        }
    }

    /** Its constructor has two synthetic parameters: name and ordinal. */
    enum Constant {
        ONE(NOT_WOVEN);

        final int constructed;

        @PerCpu
        Constant(@CpuIndex int cpu) {
            constructed = cpu;
        }
    }

    /** A record's canonical constructor. */
    record Pair(Object other, int constructed) {
        @PerCpu
        Pair(Object other, @CpuIndex int constructed) {
            this.other = other;
            this.constructed = constructed;
        }
    }

    static class Generic<T> {
        @PerCpu
        int of(T value, @CpuIndex int cpu) {
            return value == this ? cpu : NOT_WOVEN;
        }
    }

    /** Its constructor has a synthetic parameter after the index: what it captures, an int as well. */
    private static int local(int captured) {
        class Local {
            final int constructed;
            final int kept = captured;

            @PerCpu
            Local(@CpuIndex int cpu) {
                constructed = cpu;
            }
        }
        Local made = new Local(NOT_WOVEN);
        return made.kept == captured ? made.constructed : NOT_WOVEN;
    }

    /** Its constructor has synthetic parameters before and after the index. */
    private int localInInstance(long wide, int captured) {
        class Local {
            final int constructed;
            final long kept = wide + captured;
            final Shapes outer = Shapes.this;

            @PerCpu
            Local(double own, @CpuIndex int cpu) {
                constructed = own == 1 ? cpu : NOT_WOVEN;
            }
        }
        Local made = new Local(1, NOT_WOVEN);
        return made.kept == wide + captured && made.outer == this ? made.constructed : NOT_WOVEN;
    }

    /** Every shape, and the index that it got. */
    public static Map<String, Integer> indexes() {
        Map<String, IntSupplier> shapes = new LinkedHashMap<>();
        Shapes made = new Shapes(NOT_WOVEN);
        Face face = new Face() {};
        Generic<Object> generic = new Generic<>();
        shapes.put("constructor", () -> new Shapes(NOT_WOVEN).constructed);
        shapes.put("static", () -> still(NOT_WOVEN));
        shapes.put("instance", () -> made.instance(made, 1, NOT_WOVEN));
        shapes.put("afterWideParameters", () -> afterWideParameters(1, 2, NOT_WOVEN, 3));
        shapes.put("withTryAndLoop", () -> withTryAndLoop(NOT_WOVEN, new int[3]));
        shapes.put("recursive", () -> recursive(3, NOT_WOVEN));
        shapes.put("interfaceDefault", () -> face.byDefault(NOT_WOVEN));
        shapes.put("interfaceStatic", () -> Face.still(NOT_WOVEN));
        shapes.put("interfacePrivate", face::byPrivate);
        shapes.put("innerConstructor", () -> made.new Inner(1, NOT_WOVEN).constructed);
        shapes.put("enumConstructor", () -> Constant.ONE.constructed);
        shapes.put("recordConstructor", () -> new Pair(made, NOT_WOVEN).constructed);
        shapes.put("localConstructor", () -> local(1000));
        shapes.put("localConstructorInInstance", () -> made.localInInstance(1L << 40, 1000));
        shapes.put("generic", () -> generic.of(generic, NOT_WOVEN));
        shapes.put("Cpus.index", Cpus::index);
        shapes.put("concurrencyId", () -> concurrencyId(NOT_WOVEN));
        shapes.put("Cpus.concurrencyId", Cpus::concurrencyId);
        shapes.put("node", () -> node(NOT_WOVEN));
        shapes.put("Cpus.node", Cpus::node);
        Map<String, Integer> indexes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> indexes.put(name, shape.getAsInt()));
        return indexes;
    }

    /** Prints them. */
    public static void main(String[] arguments) {
        indexes().forEach((name, index) -> System.out.println(name + "=" + index));
        System.out.println("count=" + Cpus.count());
        System.out.println("nodeCount=" + Cpus.nodeCount());
        System.out.println("support=" + Cpus.support());
    }
}
