/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.peer;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * {@code sched_getcpu} by the foreign function interface, plain and critical (which leaves out the thread's transition to native code and
 * back). JDK 22 and later. By reflection, which is over when the handles are made: this is compiled for 17.
 */
public final class FfmLibc {
    private static final String PACKAGE = "java.lang.foreign.";
    private static final MethodHandle PLAIN;
    private static final MethodHandle CRITICAL;

    static {
        try {
            Class<?> option = type("Linker$Option");
            PLAIN = handle(Array.newInstance(option, 0));
            Object critical = Array.newInstance(option, 1);
            Array.set(critical, 0, option.getMethod("critical", boolean.class).invoke(null, false));
            CRITICAL = handle(critical);
        } catch (ReflectiveOperationException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    private FfmLibc() {}

    public static int sched_getcpu() {
        try {
            return (int) PLAIN.invokeExact();
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static int sched_getcpu_critical() {
        try {
            return (int) CRITICAL.invokeExact();
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static MethodHandle handle(Object options) throws ReflectiveOperationException {
        Class<?> linkerType = type("Linker");
        Class<?> layout = type("MemoryLayout");
        Class<?> descriptorType = type("FunctionDescriptor");
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
        Optional<?> function = (Optional<?>)
                type("SymbolLookup").getMethod("find", String.class).invoke(lookup, "sched_getcpu");
        Method of = descriptorType.getMethod("of", layout, layout.arrayType());
        Object descriptor =
                of.invoke(null, type("ValueLayout").getField("JAVA_INT").get(null), Array.newInstance(layout, 0));
        return (MethodHandle) linkerType
                .getMethod("downcallHandle", type("MemorySegment"), descriptorType, options.getClass())
                .invoke(linker, function.orElseThrow(), descriptor, options);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(PACKAGE + name);
    }
}
