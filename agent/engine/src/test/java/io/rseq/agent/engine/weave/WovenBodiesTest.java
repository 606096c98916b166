/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
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
    private static final int NONE = -1;

    @Test
    void without_by_it_is_the_first_hook() throws IOException {
        ClassWeaver weaver = weaver(ConstantsTest.file(Hook.class));
        assertThat(weaver.callsCommits()).isFalse();
        assertThat(weaver.refusals()).isEmpty();
        assertThat(calls(weaver.weave()))
                .isNotEmpty()
                .allSatisfy((method, called) -> assertThat(called).isEqualTo("java/lang/$Rseq." + method));
    }

    @Test
    void by_names_the_other_hooks() throws IOException {
        ClassWeaver weaver = weaver(ConstantsTest.file(Commits.class));
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
    void an_entry_point_that_the_first_hook_lacks_stays_as_it_is_and_the_rest_is_woven() {
        ClassWeaver weaver = weaver(withMethods(NONE, "cpu", "()I", "$Rseq", "cpus", "(I)I", "$Rseq"));
        assertThat(weaver.refusals())
                .containsExactly("Api.cpus(I)I: this agent has no $Rseq.cpus(I)I;"
                        + " use the same version of rseq-api.jar and rseq-agent.jar");
        assertThat(calls(weaver.weave())).containsOnly(Map.entry("cpu()I", "java/lang/$Rseq.cpu()I"));
    }

    @Test
    void a_class_stays_as_it_is_where_the_hooks_of_its_commits_lack_any_by_name_or_descriptor_or_as_a_hook() {
        String[] fine = {"available", "()Z", "$RseqCommits", "get", "(IJ)J", "$RseqMemory"};
        assertThat(weaver(withMethods(Commits.LAYOUT, fine)).refusals()).isEmpty();
        for (String[] other : new String[][] {
            {"addTwice", "(JJ)J", "$RseqCommits"},
            {"add", "(JI)J", "$RseqCommits"},
            {"get", "(IJ)J", "$RseqCommits"},
            {"open", "(Z)J", "$RseqCommits"}, // not for woven code
            {"add", "(JJ)J", "$RseqOfTomorrow"},
            {"add", "(JJ)J", ""},
        }) {
            String[] methods = {fine[0], fine[1], fine[2], other[0], other[1], other[2], fine[3], fine[4], fine[5]};
            ClassWeaver weaver = weaver(withMethods(Commits.LAYOUT, methods));
            assertThat(weaver.refusals())
                    .containsExactly(
                            "class Api: this agent has no " + other[2] + "." + other[0] + other[1]
                                    + "; use the same version of rseq-api.jar and rseq-agent.jar; its structures commit atomically");
            assertThat(weaver.callsCommits()).isFalse();
            assertThat(weaver.weave()).isNull();
        }
    }

    @Test
    void a_class_of_another_layout_stays_as_it_is() {
        String[] methods = {"available", "()Z", "$RseqCommits"};
        assertThat(weaver(withMethods(Commits.LAYOUT, methods)).refusals()).isEmpty();
        ClassWeaver weaver = weaver(withMethods(Commits.LAYOUT + 1, methods));
        assertThat(weaver.refusals())
                .singleElement()
                .asString()
                .startsWith("class Api: its layout is " + (Commits.LAYOUT + 1) + ", this agent's is " + Commits.LAYOUT);
        assertThat(weaver.callsCommits()).isFalse();
        assertThat(weaver.weave()).isNull();
    }

    @Test
    void an_api_that_gives_no_layout_has_the_first() {
        assertThat(weaver(withMethods(NONE, "available", "()Z", "$RseqCommits")).refusals())
                .hasSize(Commits.LAYOUT == 1 ? 0 : 1);
    }

    /** Name, descriptor and hook of each; with a layout, unless it is NONE. */
    private static byte[] withMethods(int layout, String... methods) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Api", null, "java/lang/Object", null);
        int constant = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;
        if (layout != NONE) writer.visitField(constant, "LAYOUT", "I", null, layout);
        for (int i = 0; i < methods.length; i += 3) method(writer, methods[i], methods[i + 1], methods[i + 2]);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void method(ClassWriter writer, String name, String descriptor, String by) {
        MethodVisitor method =
                writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, descriptor, null, null);
        AnnotationVisitor annotation = method.visitAnnotation(WOVEN, true);
        annotation.visit("by", by);
        annotation.visitEnd();
        method.visitCode();
        boolean wide = descriptor.endsWith("J");
        method.visitInsn(wide ? Opcodes.LCONST_0 : Opcodes.ICONST_0);
        method.visitInsn(wide ? Opcodes.LRETURN : Opcodes.IRETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /** With the hooks as they were compiled: there is no jar yet. */
    private static ClassWeaver weaver(byte[] file) {
        return new ClassWeaver(file, new HookMethods() {
            @Override
            byte[] file(String hook) throws IOException {
                try (InputStream in = ClassLoader.getSystemResourceAsStream("java/lang/" + hook + ".class")) {
                    return in.readAllBytes();
                }
            }
        });
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
}
