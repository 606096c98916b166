/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

class ClassWeaverTest {
    private interface Bridging<T> {
        int of(T value, int cpu);
    }

    private static final class Bridged implements Bridging<String> {
        @Override
        @PerCpu
        public int of(String value, @CpuIndex int cpu) {
            return cpu;
        }
    }

    private static final int MAJOR_VERSION_AT = 6;
    private static final int BYTES_OF_TWO_INSTRUCTIONS_AT_MOST = 5;

    @Test
    void every_legal_method_gets_its_index_at_its_first_instruction() throws IOException {
        Map<String, List<String>> calls = hookCalls(new ClassWeaver(ConstantsTest.file(Annotated.class)).weave());
        assertThat(calls.get("<init>")).containsExactly("cpu->3");
        assertThat(calls.get("afterWideParameters")).containsExactly("cpu->4");
        assertThat(calls.get("loopFromTheFirstInstruction")).containsExactly("concurrencyId->1");
        assertThat(calls.get("noUse")).containsExactly("node->0");
        assertThat(calls).hasSize(4);
    }

    @Test
    void every_illegal_one_is_refused_with_its_name_and_what_to_do() throws IOException {
        ClassWeaver weaver = new ClassWeaver(ConstantsTest.file(Annotated.class));
        assertThat(weaver.refusals()).hasSize(6);
        assertThat(weaver.refusals().get(0))
                .contains("Annotated.isAbstract(I)V", "abstract", "annotate the methods that implement it");
        assertThat(weaver.refusals().get(1)).contains("Annotated.isNative(I)V", "native");
        assertThat(weaver.refusals().get(2)).contains("noParameter()V", "add one: @CpuIndex int cpu");
        assertThat(weaver.refusals().get(3)).contains("noAnnotatedParameter(I)V", "add one");
        assertThat(weaver.refusals().get(4)).contains("twoParameters(II)V", "2 @CpuIndex parameters", "exactly one");
        assertThat(weaver.refusals().get(5)).contains("wrongType(J)V", "type long", "make it int");
    }

    @Test
    void the_rest_of_the_class_stays_as_it_was() throws IOException {
        byte[] before = ConstantsTest.file(Annotated.class);
        byte[] after = new ClassWeaver(before).weave();
        assertThat(members(after)).isEqualTo(members(before));
        int grown = after.length - before.length;
        assertThat(grown).isPositive().isLessThan(4 * BYTES_OF_TWO_INSTRUCTIONS_AT_MOST + 160);
    }

    /** Another agent may redefine a class with bytes that it was shown after we had woven them. */
    @Test
    void what_is_woven_is_woven_no_second_time() throws IOException {
        byte[] woven = new ClassWeaver(ConstantsTest.file(Annotated.class)).weave();
        ClassWeaver again = new ClassWeaver(woven);
        assertThat(again.perCpuMethods()).hasSize(4);
        assertThat(again.isEmpty()).isTrue();
        assertThat(again.weave()).isNull();
    }

    /** An index of another kind, or to another variable, is none of ours: as where the class's annotations were changed since. */
    @Test
    void a_method_that_begins_with_another_read_is_woven() {
        assertThat(new ClassWeaver(Generated.reading("node", 0)).isEmpty()).isFalse();
        assertThat(new ClassWeaver(Generated.reading("cpu", 1)).isEmpty()).isFalse();
        assertThat(new ClassWeaver(Generated.reading("cpu", 0)).isEmpty()).isTrue();
    }

    /** javac copies annotations to the bridge of a method. */
    @Test
    void a_bridge_is_left_to_the_method_that_it_calls() throws IOException {
        ClassWeaver weaver = new ClassWeaver(ConstantsTest.file(Bridged.class));
        assertThat(members(ConstantsTest.file(Bridged.class)))
                .filteredOn(member -> member.contains(" of("))
                .hasSize(2);
        assertThat(weaver.perCpuMethods()).singleElement().asString().contains("of(Ljava/lang/String;I)I");
        assertThat(hookCalls(weaver.weave()).get("of")).containsExactly("cpu->2");
    }

    /** ASM takes the attribute for an error there; the JVM does not look at it. */
    @Test
    void frames_in_a_class_of_a_version_that_has_none_do_not_matter() {
        byte[] file = Generated.withCode("framed", 0);
        file[MAJOR_VERSION_AT + 1] = Opcodes.V1_5;
        assertThat(hookCalls(new ClassWeaver(file).weave()).get("framed")).containsExactly("cpu->0");
    }

    @Test
    void a_method_that_would_be_too_large_is_refused_and_the_rest_woven() {
        ClassWeaver weaver = new ClassWeaver(Generated.withCode("small", 0, "large", 65530));
        assertThat(weaver.refusals()).isEmpty();
        assertThat(hookCalls(weaver.weave())).containsOnlyKeys("small");
        assertThat(weaver.perCpuMethods()).containsExactly("Generated.small(I)V index=cpu");
        assertThat(weaver.refusals())
                .containsExactly(
                        "Generated.large(I)V: @PerCpu on a method of 65539 bytes of code when woven, over 65535;"
                                + " move some of it to another");
        assertThat(new ClassWeaver(Generated.withCode("large", 65530)).weave()).isNull();
    }

    static Map<String, List<String>> hookCalls(byte[] file) {
        Map<String, List<String>> calls = new HashMap<>();
        new ClassReader(file)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    private String called;
                                    private int instructions;

                                    @Override
                                    public void visitMethodInsn(
                                            int opcode, String owner, String method, String type, boolean isInterface) {
                                        if (owner.equals(ClassWeaver.HOOK) && instructions == 0) called = method;
                                        instructions++;
                                    }

                                    @Override
                                    public void visitVarInsn(int opcode, int slot) {
                                        if (called != null && opcode == Opcodes.ISTORE && instructions == 1) {
                                            calls.computeIfAbsent(name, none -> new ArrayList<>())
                                                    .add(called + "->" + slot);
                                        }
                                        instructions++;
                                    }
                                };
                            }
                        },
                        0);
        return calls;
    }

    private static List<String> members(byte[] file) {
        List<String> members = new ArrayList<>();
        new ClassReader(file)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                members.add(access + " " + name + descriptor);
                                return null;
                            }
                        },
                        0);
        return members;
    }
}
