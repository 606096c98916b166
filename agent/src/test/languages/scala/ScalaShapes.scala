/* SPDX-License-Identifier: Apache-2.0 */
package shapes

import io.rseq.{CpuIndex, PerCpu}

class Outer(val kept: Int) {
  class Inner @PerCpu() (a: Int, @CpuIndex cpu: Int) { ScalaShapes.line("inner", a, kept, cpu) }

  def local(wide: Long, account: Int): Unit = {
    class Local @PerCpu() (a: Int, @CpuIndex cpu: Int) {
      ScalaShapes.line("local", a, (account + wide + kept - kept).toInt, cpu)
    }
    new Local(5, ScalaShapes.Passed)
  }

  def localMethod(account: Int): Unit = {
    @PerCpu def inMethod(a: Int, @CpuIndex cpu: Int): Unit = ScalaShapes.line("inMethod", a, account, cpu)
    inMethod(5, ScalaShapes.Passed)
  }

  @PerCpu def withDefault(a: Int, @CpuIndex cpu: Int = ScalaShapes.Passed): Unit =
    ScalaShapes.line("withDefault", a, kept, cpu)

  @PerCpu def overridden(@CpuIndex cpu: Int): Int = cpu
}

class Overriding extends Outer(0) { override def overridden(cpu: Int): Int = cpu }

trait Trait {
  @PerCpu def inTrait(a: Int, @CpuIndex cpu: Int): Unit = ScalaShapes.line("inTrait", a, 4711, cpu)
}

class Traited extends Trait

case class Cased @PerCpu() (a: Int, @CpuIndex cpu: Int)

object ScalaShapes {
  val Passed = -7

  def line(shape: String, a: Int, kept: Int, index: Int): Unit = println(s"$shape=$a,$kept,$index")

  def local(account: Int): Unit = {
    class Local @PerCpu() (a: Int, @CpuIndex cpu: Int) { line("localInObject", a, account, cpu) }
    new Local(5, Passed)
  }

  @PerCpu def inObject(a: Int, @CpuIndex cpu: Int): Unit = line("inObject", a, 4711, cpu)

  def main(arguments: Array[String]): Unit = {
    val outer = new Outer(4711)
    new outer.Inner(5, Passed)
    outer.local(0L, 4711)
    outer.localMethod(4711)
    outer.withDefault(5)
    new Traited().inTrait(5, Passed)
    val cased = Cased(5, Passed)
    line("cased", cased.a, 4711, cased.cpu)
    local(4711)
    inObject(5, Passed)
  }
}
