/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** A class file that no compiler makes. */
final class Generated {
    private Generated() {}

    /** Of each name a method {@code @PerCpu static void name(@CpuIndex int cpu)}, with a frame and so many instructions that do nothing. */
    static byte[] withCode(Object... namesAndSizes) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V1_6, Opcodes.ACC_PUBLIC, "Generated", null, "java/lang/Object", null);
        for (int i = 0; i < namesAndSizes.length; i += 2)
            method(writer, (String) namesAndSizes[i], (int) namesAndSizes[i + 1]);
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** {@code @PerCpu static void method(@CpuIndex int cpu, int other)} whose code begins with a call of the hook, and stores its answer there. */
    static byte[] reading(String hookMethod, int slot) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Generated", null, "java/lang/Object", null);
        MethodVisitor method = begin(writer, "method", "(II)V");
        method.visitMethodInsn(Opcodes.INVOKESTATIC, ClassWeaver.HOOK, hookMethod, "()I", false);
        method.visitVarInsn(Opcodes.ISTORE, slot);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(1, 2);
        method.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void method(ClassWriter writer, String name, int size) {
        MethodVisitor method = begin(writer, name, "(I)V");
        for (int i = 0; i < size; i++) method.visitInsn(Opcodes.NOP);
        Label end = new Label();
        method.visitVarInsn(Opcodes.ILOAD, 0);
        method.visitJumpInsn(Opcodes.IFNE, end);
        method.visitLabel(end);
        method.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(1, 1);
        method.visitEnd();
    }

    private static MethodVisitor begin(ClassWriter writer, String name, String descriptor) {
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;
        MethodVisitor method = writer.visitMethod(access, name, descriptor, null, null);
        method.visitAnnotation("Lio/rseq/PerCpu;", true).visitEnd();
        method.visitParameterAnnotation(0, "Lio/rseq/CpuIndex;", true).visitEnd();
        method.visitCode();
        return method;
    }
}
