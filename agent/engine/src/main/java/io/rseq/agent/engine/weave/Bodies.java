/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** What the code of some methods of a class says, each by name and descriptor: what it calls, and whether it begins as a woven one does. */
final class Bodies extends ClassReader {
    /** An {@code invokestatic} takes so many bytes. */
    private static final int SECOND_INSTRUCTION = 3;

    private final Map<String, Set<String>> calls = new HashMap<>();
    private final Map<String, String> entries = new HashMap<>();
    private int instruction;

    Bodies(byte[] file, Set<String> methods) {
        super(file);
        accept(
                new ClassVisitor(ClassWeaver.ASM) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return methods.contains(name + descriptor) ? new Body(name + descriptor) : null;
                    }
                },
                SKIP_DEBUG | SKIP_FRAMES);
    }

    /** As {@code owner.name+descriptor}. */
    Set<String> callsOf(String method) {
        return calls.getOrDefault(method, Set.of());
    }

    /** What the method assigns at its entry, as {@link #entry} names it; null where its first two instructions are no woven ones. */
    String entryOf(String method) {
        return entries.get(method);
    }

    /** A name for the two instructions that assign an index to a local variable. */
    static String entry(String hookMethod, int slot) {
        return hookMethod + "->" + slot;
    }

    @Override
    protected void readBytecodeInstructionOffset(int offset) {
        instruction = offset;
    }

    private final class Body extends MethodVisitor {
        private final String method;
        private String hookMethod;

        Body(String method) {
            super(ClassWeaver.ASM);
            this.method = method;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (instruction == 0 && opcode == Opcodes.INVOKESTATIC && owner.equals(ClassWeaver.HOOK)) hookMethod = name;
            calls.computeIfAbsent(method, none -> new HashSet<>()).add(owner + "." + name + descriptor);
        }

        @Override
        public void visitVarInsn(int opcode, int slot) {
            if (instruction == SECOND_INSTRUCTION && opcode == Opcodes.ISTORE && hookMethod != null)
                entries.put(method, entry(hookMethod, slot));
        }
    }
}
