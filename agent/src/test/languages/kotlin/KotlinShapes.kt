/* SPDX-License-Identifier: Apache-2.0 */
package shapes

import io.rseq.CpuIndex
import io.rseq.PerCpu

const val PASSED = -7

fun line(shape: String, a: Int, kept: Int, index: Int) = println("$shape=$a,$kept,$index")

class Outer(val kept: Int) {
    inner class Inner @PerCpu constructor(a: Int, @CpuIndex cpu: Int) {
        init { line("inner", a, kept, cpu) }
    }

    fun local(account: Int) {
        class Local @PerCpu constructor(a: Int, @CpuIndex cpu: Int) {
            val kept = account + this@Outer.kept - this@Outer.kept
            init { line("local", a, kept, cpu) }
        }
        Local(5, PASSED)
    }
}

enum class Constant @PerCpu constructor(a: Int, @CpuIndex cpu: Int, kept: Int) {
    ONE(5, PASSED, 4711) { override fun f() = 1 };

    open fun f() = 0

    init { line("constant", a, kept, cpu) }
}

class Defaults @PerCpu constructor(val a: Int = 5, @CpuIndex val cpu: Int = PASSED)

class Overloads {
    @JvmOverloads
    @PerCpu
    fun of(a: Int, @CpuIndex cpu: Int = PASSED, kept: Int = 4711) = line("overloads", a, kept, cpu)
}

interface Face {
    @PerCpu
    fun inFace(a: Int, @CpuIndex cpu: Int) = line("inFace", a, 4711, cpu)

    @PerCpu
    fun implemented(a: Int, @CpuIndex cpu: Int)
}

class FaceImpl : Face {
    @PerCpu
    override fun implemented(a: Int, @CpuIndex cpu: Int) = line("implemented", a, 4711, cpu)
}

@JvmInline
value class Value(val kept: Int) {
    @PerCpu
    fun inValue(a: Int, @CpuIndex cpu: Int) = line("inValue", a, kept, cpu)
}

class TakesValue @PerCpu constructor(value: Value, @CpuIndex cpu: Int, a: Int) {
    init { line("takesValue", a, value.kept, cpu) }
}

object Alone {
    @JvmStatic
    @PerCpu
    fun inObject(a: Int, @CpuIndex cpu: Int) = line("inObject", a, 4711, cpu)
}

/* What calls pass by: check doubts each. */

open class Doubted {
    @PerCpu
    inline fun inlined(@CpuIndex cpu: Int) = cpu

    @PerCpu
    tailrec fun tail(depth: Int, @CpuIndex cpu: Int): Int = if (depth == 0) cpu else tail(depth - 1, PASSED)

    @PerCpu
    open fun overridden(@CpuIndex cpu: Int) = cpu
}

class Overriding : Doubted() {
    override fun overridden(cpu: Int) = cpu
}

object KotlinShapes {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val outer = Outer(4711)
        outer.Inner(5, PASSED)
        outer.local(4711)
        Constant.ONE.f()
        val defaults = Defaults()
        line("defaults", defaults.a, 4711, defaults.cpu)
        Overloads().of(5)
        FaceImpl().inFace(5, PASSED)
        FaceImpl().implemented(5, PASSED)
        Value(4711).inValue(5, PASSED)
        TakesValue(Value(4711), PASSED, 5)
        Alone.inObject(5, PASSED)
    }
}
