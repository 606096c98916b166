/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** The API's own entry points: each body becomes a call to the method of the same name of the hook's class that {@code by} names. */
class WovenBodiesTest {
    private static final String WOVEN = "Lio/rseq/internal/Woven;";

    @Test
    void without_by_it_is_the_first_hook() throws IOException {
        ClassWeaver weaver = new ClassWeaver(PrefilterTest.file(Hook.class));
        assertThat(weaver.callsCommits()).isFalse();
        assertThat(calls(weaver.weave()))
                .isNotEmpty()
                .allSatisfy((method, called) -> assertThat(called).isEqualTo("java/lang/$Rseq." + method));
    }

    @Test
    void by_names_the_other_hooks() throws IOException {
        ClassWeaver weaver = new ClassWeaver(PrefilterTest.file(Commits.class));
        assertThat(weaver.callsCommits()).isTrue();
        assertThat(weaver.refusals()).isEmpty();
        Map<String, String> calls = calls(weaver.weave());
        assertThat(calls)
                .hasSizeGreaterThan(15)
                .allSatisfy((method, called) ->
                        assertThat(called).isIn("java/lang/$RseqCommits." + method, "java/lang/$RseqMemory." + method));
        assertThat(calls.values()).anyMatch(called -> called.startsWith("java/lang/$RseqCommits."));
        assertThat(calls.values()).anyMatch(called -> called.startsWith("java/lang/$RseqMemory."));
    }

    @Test
    void the_hooks_have_every_method_that_woven_classes_call() throws IOException {
        for (Class<?> api : new Class<?>[] {Hook.class, Commits.class}) {
            for (String called :
                    calls(new ClassWeaver(PrefilterTest.file(api)).weave()).values()) {
                int dot = called.indexOf('.');
                assertThat(publicMethods(called.substring(0, dot))).contains(called.substring(dot + 1));
            }
        }
    }

    @Test
    void a_hook_that_this_agent_does_not_have_is_refused_and_the_rest_woven() {
        ClassWeaver weaver = new ClassWeaver(withTwoMethods("$RseqOfTomorrow"));
        assertThat(weaver.refusals()).hasSize(1);
        assertThat(weaver.refusals().get(0)).contains("Api.later()V", "$RseqOfTomorrow", "the API's version");
        assertThat(weaver.callsCommits()).isFalse();
        assertThat(calls(weaver.weave())).containsOnly(Map.entry("cpu()I", "java/lang/$Rseq.cpu()I"));
    }

    private static byte[] withTwoMethods(String by) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Api", null, "java/lang/Object", null);
        method(writer, "cpu", "()I", null);
        method(writer, "later", "()V", by);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void method(ClassWriter writer, String name, String descriptor, String by) {
        MethodVisitor method =
                writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, descriptor, null, null);
        AnnotationVisitor annotation = method.visitAnnotation(WOVEN, true);
        if (by != null) annotation.visit("by", by);
        annotation.visitEnd();
        method.visitCode();
        if (descriptor.endsWith("I")) method.visitInsn(Opcodes.ICONST_0);
        method.visitInsn(descriptor.endsWith("I") ? Opcodes.IRETURN : Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /** What each method calls of the hooks, by its name and descriptor. */
    private static Map<String, String> calls(byte[] file) {
        Map<String, String> calls = new TreeMap<>();
        new ClassReader(file)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitMethodInsn(
                                            int opcode, String owner, String method, String type, boolean isInterface) {
                                        if (owner.startsWith("java/lang/$"))
                                            calls.put(name + descriptor, owner + "." + method + type);
                                    }
                                };
                            }
                        },
                        0);
        return calls;
    }

    private static Set<String> publicMethods(String type) throws IOException {
        Set<String> methods = new TreeSet<>();
        try (InputStream in = ClassLoader.getSystemResourceAsStream(type + ".class")) {
            new ClassReader(in)
                    .accept(
                            new ClassVisitor(Opcodes.ASM9) {
                                @Override
                                public MethodVisitor visitMethod(
                                        int access,
                                        String name,
                                        String descriptor,
                                        String signature,
                                        String[] exceptions) {
                                    int wanted = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;
                                    if ((access & wanted) == wanted) methods.add(name + descriptor);
                                    return null;
                                }
                            },
                            ClassReader.SKIP_CODE);
        }
        return methods;
    }
}
