/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/** An agent after ours, and its program: it takes a class's bytes by retransformation, and redefines the class with them, round by round. */
public final class Redefining implements ClassFileTransformer {
    private static final int ROUNDS = 200;

    private static Instrumentation instrumentation;

    private byte[] taken;

    /** What is redefined. */
    static final class Target {
        @PerCpu
        static int woven(@CpuIndex int cpu) {
            return cpu;
        }
    }

    /** As an agent. */
    public static void premain(String options, Instrumentation given) {
        instrumentation = given;
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
        if (redefined == Target.class) taken = file;
        return null;
    }

    /** As the program. */
    public static void main(String[] arguments) throws Exception {
        Redefining transformer = new Redefining();
        instrumentation.addTransformer(transformer, true);
        int first = 0;
        for (int i = 0; i < ROUNDS; i++) {
            instrumentation.retransformClasses(Target.class);
            byte[] file = transformer.taken;
            if (i == 0) first = file.length;
            instrumentation.redefineClasses(new ClassDefinition(Target.class, file));
        }
        System.out.println("index=" + Target.woven(-7));
        System.out.println("grown=" + (transformer.taken.length - first));
    }
}
