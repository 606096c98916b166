/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On the bytes of the JDK that runs this; the integration tests have the other JDKs'. */
class AddersTest {
    private static final String PACKAGE = "java/util/concurrent/atomic/";

    @ParameterizedTest
    @EnumSource
    void the_jdks_adders_are_rerouted_in_four_methods_and_have_the_same_members(Adders.Kind kind) throws Exception {
        byte[] file = file(kind.name);
        byte[] rerouted = Adders.Rewriter.rewrite(kind, file);
        assertThat(members(rerouted)).isEqualTo(members(file));
        char type = kind == Adders.Kind.LONG ? 'J' : 'D';
        assertThat(calls(rerouted))
                .containsExactly(
                        "add(" + type + ")V -> add(Ljava/util/concurrent/atomic/"
                                + (kind == Adders.Kind.LONG ? "LongAdder;IJ)Z" : "DoubleAdder;ID)Z"),
                        "sum()" + type + " -> base(L" + kind.name + ";)J",
                        "reset()V -> reset(L" + kind.name + ";)V",
                        "sumThenReset()" + type + " -> takeBase(L" + kind.name + ";)J");
        assertThat(calls(file)).isEmpty();
    }

    @Test
    void one_adder_is_not_taken_for_the_other() {
        for (Adders.Kind kind : Adders.Kind.values()) {
            Adders.Kind other = kind == Adders.Kind.LONG ? Adders.Kind.DOUBLE : Adders.Kind.LONG;
            assertThatThrownBy(() -> Adders.Rewriter.rewrite(kind, file(other.name)))
                    .isInstanceOf(LooksOtherwise.class);
        }
    }

    @Test
    void the_jdks_lock_looks_as_expected() {
        assertThatCode(() -> Adders.Shape.checkLock(file(PACKAGE + "Striped64")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_rerouted_already_looks_otherwise(Adders.Kind kind) throws Exception {
        byte[] rerouted = Adders.Rewriter.rewrite(kind, file(kind.name));
        assertThatThrownBy(() -> Adders.Rewriter.rewrite(kind, rerouted)).isInstanceOf(LooksOtherwise.class);
    }

    @ParameterizedTest
    @EnumSource
    void an_instruction_more_anywhere_that_matters_is_otherwise(Adders.Kind kind) throws Exception {
        assertThatThrownBy(() -> Adders.Rewriter.rewrite(kind, changed(kind.name, "add", Opcodes.NOP)))
                .isInstanceOf(LooksOtherwise.class)
                .hasMessage("add does not begin with cells and casBase");
        for (String method : new String[] {"sum", "reset", "sumThenReset", "toString"})
            assertThatThrownBy(() -> Adders.Rewriter.rewrite(kind, changed(kind.name, method, Opcodes.GETFIELD)))
                    .isInstanceOf(LooksOtherwise.class)
                    .hasMessageStartingWith(method);
    }

    @Test
    void a_lock_that_is_used_otherwise_is_no_lock() {
        String striped = PACKAGE + "Striped64";
        assertThatThrownBy(() -> Adders.Shape.checkLock(changed(striped, "casCellsBusy", Opcodes.NOP)))
                .hasMessage("casCellsBusy is no compare-and-set from 0 to 1");
        assertThatThrownBy(() -> Adders.Shape.checkLock(changed(striped, "casBase", Opcodes.PUTFIELD)))
                .hasMessageStartingWith("casBase")
                .hasMessageEndingWith("uses cellsBusy otherwise than as a lock");
    }

    /** The same with something in front of a method. */
    private static byte[] changed(String name, String changed, int opcode) throws IOException {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        new ClassReader(file(name))
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
                                if (method.equals(changed)) put(to, name, opcode);
                                return to;
                            }
                        },
                        0);
        return writer.toByteArray();
    }

    private static void put(MethodVisitor to, String name, int opcode) {
        if (opcode == Opcodes.NOP) {
            to.visitInsn(Opcodes.NOP);
            return;
        }
        to.visitVarInsn(Opcodes.ALOAD, 0);
        if (opcode == Opcodes.PUTFIELD) to.visitInsn(Opcodes.ICONST_2);
        to.visitFieldInsn(opcode, name, "cellsBusy", "I");
        if (opcode == Opcodes.GETFIELD) to.visitInsn(Opcodes.POP);
    }

    private static List<String> members(byte[] file) {
        List<String> members = new ArrayList<>();
        ClassVisitor collector = new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String method, String descriptor, String signature, String[] exceptions) {
                members.add(access + method + descriptor);
                return null;
            }
        };
        new ClassReader(file).accept(collector, 0);
        return members;
    }

    private static List<String> calls(byte[] file) {
        List<String> calls = new ArrayList<>();
        ClassVisitor collector = new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String method, String descriptor, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(
                            int opcode, String owner, String name, String called, boolean isInterface) {
                        if (owner.equals("java/lang/$RseqAdders"))
                            calls.add(method + descriptor + " -> " + name + called);
                    }
                };
            }
        };
        new ClassReader(file).accept(collector, 0);
        return calls;
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
            return in.readAllBytes();
        }
    }
}
