/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Finds methods that are woven, and that calls do not enter where it helps: those that Kotlin inlines, and tail calls that became loops. */
final class Doubts extends ClassVisitor {
    /** With the method's name after it, a variable that Kotlin puts into each {@code inline} function for debuggers. */
    private static final String INLINE_MARK = "$i$f$";

    private final Map<String, String> entries;
    private final List<String> found = new ArrayList<>();
    private String className;

    private Doubts(Map<String, String> entries) {
        super(ClassWeaver.ASM);
        this.entries = entries;
    }

    /** A line for each; {@code entries} has what each woven method assigns at its entry. */
    static List<String> in(ClassReader file, Map<String, String> entries) {
        Doubts doubts = new Doubts(entries);
        file.accept(doubts, ClassReader.SKIP_FRAMES);
        return doubts.found;
    }

    @Override
    public void visit(int version, int access, String name, String signature, String superName, String[] interfaces) {
        className = name.replace('/', '.');
    }

    @Override
    public MethodVisitor visitMethod(
            int access, String name, String descriptor, String signature, String[] exceptions) {
        String entry = entries.get(name + descriptor);
        if (entry == null) return null;
        return new MethodVisitor(ClassWeaver.ASM) {
            private final Set<Label> beforeStore = new HashSet<>();
            private boolean stored;
            private boolean looped;
            private boolean inline;

            @Override
            public void visitLabel(Label label) {
                if (!stored) beforeStore.add(label);
            }

            @Override
            public void visitVarInsn(int opcode, int slot) {
                stored |= opcode == Opcodes.ISTORE && entry.endsWith("->" + slot);
            }

            @Override
            public void visitJumpInsn(int opcode, Label target) {
                looped |= stored && beforeStore.contains(target);
            }

            @Override
            public void visitLocalVariable(
                    String variable, String type, String generic, Label start, Label end, int slot) {
                inline |= variable.equals(INLINE_MARK + name);
            }

            @Override
            public void visitEnd() {
                String place = className + "." + name + descriptor;
                if (inline)
                    found.add(place + ": Kotlin copies an inline function into its callers, with the index that each"
                            + " passes; remove inline");
                if (looped)
                    found.add(place + ": it assigns its @CpuIndex parameter and jumps back, as a tail call does that"
                            + " became a loop: what is passed there stays; read Cpus.index() there");
            }
        };
    }
}
