/* SPDX-License-Identifier: Apache-2.0 */
package shapes;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.util.List;

/** Constructors to which compilers add parameters. Each line says what arrived beside the index: 5 as declared, 4711 as captured. */
public class JavaShapes {
    static final int PASSED = -7;

    final int outer = 4711;

    static void line(String shape, int a, int kept, int index) {
        System.out.println(shape + "=" + a + "," + kept + "," + index);
    }

    class Inner {
        @PerCpu
        Inner(int a, @CpuIndex int cpu) {
            line("inner", a, outer, cpu);
        }
    }

    class InnerUnused<T> {
        @PerCpu
        InnerUnused(List<T> first, @CpuIndex int cpu, int a) {
            line("innerUnused", a + first.size(), 4711, cpu);
        }
    }

    enum Constant {
        ONE(5, PASSED, 4711) {};

        @PerCpu
        Constant(int a, @CpuIndex int cpu, int kept) {
            line("constant", a, kept, cpu);
        }
    }

    record Pair(int a, int cpu) {
        @PerCpu
        Pair(int a, @CpuIndex int cpu) {
            this.a = a;
            this.cpu = cpu;
            line("record", a, 4711, cpu);
        }
    }

    static void inStatic(int account) {
        class Local {
            final int kept = account;

            @PerCpu
            Local(int a, @CpuIndex int cpu) {
                line("localInStatic", a, kept, cpu);
            }
        }
        new Local(5, PASSED);
    }

    static void indexAlone(int account) {
        class Local {
            final int kept = account;

            @PerCpu
            Local(@CpuIndex int cpu) {
                line("localIndexAlone", 5, kept, cpu);
            }
        }
        new Local(PASSED);
    }

    void inInstance(long wide, int account) {
        class Local {
            final long kept = account + wide + outer - outer;

            @PerCpu
            Local(int a, @CpuIndex int cpu) {
                line("localInInstance", a, (int) kept, cpu);
            }
        }
        new Local(5, PASSED);
    }

    static void innerOfLocal(int account) {
        class Local {
            class Deep {
                final int kept = account;

                @PerCpu
                Deep(int a, @CpuIndex int cpu) {
                    line("innerOfLocal", a, kept, cpu);
                }
            }
        }
        new Local().new Deep(5, PASSED);
    }

    /** Without the names of parameters its first one may be an outer instance as well, and the captured one the index. */
    static void ambiguous(JavaShapes shapes, int account) {
        class Local {
            final int kept = account;

            @PerCpu
            Local(JavaShapes given, @CpuIndex int cpu) {
                line("ambiguous", given == null ? 0 : 5, kept, cpu);
            }
        }
        new Local(shapes, PASSED);
    }

    public static void main(String[] arguments) {
        JavaShapes shapes = new JavaShapes();
        shapes.new Inner(5, PASSED);
        shapes.new InnerUnused<String>(List.of(), PASSED, 5);
        Constant.ONE.name();
        new Pair(5, PASSED);
        inStatic(4711);
        indexAlone(4711);
        shapes.inInstance(0, 4711);
        innerOfLocal(4711);
        ambiguous(shapes, 4711);
    }
}
