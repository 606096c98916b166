/* SPDX-License-Identifier: Apache-2.0 */
package shapes

import groovy.transform.Memoized
import io.rseq.CpuIndex
import io.rseq.PerCpu

class GroovyShapes {
    static final int PASSED = -7
    int kept = 4711

    static void line(String shape, int a, int kept, int index) { println("$shape=$a,$kept,$index") }

    class Inner {
        @PerCpu
        Inner(int a, @CpuIndex int cpu) { line('inner', a, this.kept(), cpu) }
        int kept() { 4711 }
    }

    enum Constant {
        ONE(5, -7, 4711)

        @PerCpu
        Constant(int a, @CpuIndex int cpu, int kept) { GroovyShapes.line('constant', a, kept, cpu) }
    }

    @PerCpu
    int withDefault(int a, @CpuIndex int cpu = PASSED) { line('withDefault', a, kept, cpu); cpu }

    @PerCpu
    @Memoized
    int memoized(int a, @CpuIndex int cpu) { line('memoized', a, kept, cpu); cpu }

    static void main(String[] arguments) {
        def shapes = new GroovyShapes()
        new Inner(shapes, 5, PASSED)
        Constant.ONE.name()
        shapes.withDefault(5)
        shapes.memoized(5, PASSED)
        new Traited().inTrait(5, PASSED)
    }
}

trait Trait {
    @PerCpu
    int inTrait(int a, @CpuIndex int cpu) { GroovyShapes.line('inTrait', a, 4711, cpu); cpu }
}

class Traited implements Trait {}
