/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/**
 * The least that an agent can be: what a process pays for {@code -javaagent} itself. With both parameters, which the JDK looks for first:
 * where it has to look again, JDK 25 spends 5 ms on the message of the exception in between. With the option {@code transformer}, the least
 * that one can be which looks at classes.
 */
public final class EmptyAgent {
    private EmptyAgent() {}

    public static void premain(String options, Instrumentation instrumentation) {
        if ("transformer".equals(options)) instrumentation.addTransformer(new Transformer(), true);
    }

    /** Changes nothing, and looks at nothing. */
    private static final class Transformer implements ClassFileTransformer {
        @Override
        public byte[] transform(
                Module module,
                ClassLoader loader,
                String name,
                Class<?> redefined,
                ProtectionDomain domain,
                byte[] file) {
            return null;
        }
    }
}
