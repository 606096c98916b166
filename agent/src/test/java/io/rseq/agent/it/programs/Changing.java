/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.Set;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** An agent that changes the JDK's adders before ours sees them: a NOP at the entry of each {@code add}. */
public final class Changing implements ClassFileTransformer {
    private static final Set<String> ADDERS =
            Set.of("java/util/concurrent/atomic/LongAdder", "java/util/concurrent/atomic/DoubleAdder");

    private static Instrumentation instrumentation;
    private static volatile boolean changes;

    /** As an agent; with {@code later} it changes nothing until it is told. */
    public static void premain(String options, Instrumentation given) {
        instrumentation = given;
        changes = !"later".equals(options);
        given.addTransformer(new Changing(), true);
    }

    /** From now on, or from now on not. */
    static void change(boolean now) throws UnmodifiableClassException {
        changes = now;
        instrumentation.retransformClasses(LongAdder.class, DoubleAdder.class);
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
        if (!changes || !ADDERS.contains(String.valueOf(name))) return null;
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(file)
                .accept(
                        new ClassVisitor(Opcodes.ASM9, writer) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access,
                                    String method,
                                    String descriptor,
                                    String signature,
                                    String[] exceptions) {
                                MethodVisitor to = super.visitMethod(access, method, descriptor, signature, exceptions);
                                if (method.equals("add")) to.visitInsn(Opcodes.NOP);
                                return to;
                            }
                        },
                        0);
        return writer.toByteArray();
    }
}
