/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that receives the index of the CPU that it runs on, in the one {@code int} parameter annotated {@link CpuIndex}.
 *
 * <pre>{@code
 * @PerCpu
 * void record(long nanos, @CpuIndex int cpu) {
 *     latencies[cpu].add(nanos);   // an atomic, or a structure of this package: see below
 * }
 *
 * record(nanos, PerCpu.INJECTED);
 * }</pre>
 *
 * <p>Under the agent the method's first instruction assigns the parameter, whatever the caller passed. Without it the parameter keeps
 * what was passed: call it with {@link #INJECTED}, and every call lands in slot 0, slower and still right.
 *
 * <p>The index is a <em>hint about where you run now</em>: the thread may move the next instant, and another thread may run on the same
 * CPU with the same index. So what it points to must be an atomic, or one of the structures of this package.
 *
 * <p>It may stand on static and instance methods, on constructors and on default methods of interfaces, in classes of any class loader,
 * but not in the JDK's own modules. On an abstract or native method, or with none or several {@link CpuIndex} parameters, the method is
 * left as it is and one line in the agent's log names it. In a {@linkplain java.lang.invoke.MethodHandles.Lookup#defineHiddenClass hidden
 * class} it is left as it is, too, and no line says so: the JVM shows those to no agent.
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface PerCpu {
    /** What to pass for the parameter that the agent assigns: 0, so that without the agent every call lands in slot 0. */
    int INJECTED = 0;

    /** Which index the method receives. */
    Index value() default Index.CPU;
}
