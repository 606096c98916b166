/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import static org.assertj.core.api.Assertions.assertThat;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/**
 * Which parameter of a constructor the annotation means, where the compiler added some: class files as javac, ecj and ProGuard write them,
 * with what each leaves out. The constructors of the source are {@code Local(int a, @CpuIndex int cpu)}.
 */
class AddedParametersTest {
    private static final String OUTER = "Outer";
    private static final int NO_FLAGS = 0;

    private final ClassWriter writer = new ClassWriter(0);

    @Test
    void captured_variables_come_last_and_need_no_field() {
        beginLocal();
        assertThat(indexOf("(III)V")).isEqualTo("cpu->2");
    }

    @Test
    void outer_instance_comes_first_where_the_class_keeps_it_under_whatever_name() {
        beginLocal();
        field("a", "LOuter;");
        assertThat(indexOf("(LOuter;III)V")).isEqualTo("cpu->3");
    }

    @Test
    void outer_instance_comes_first_in_an_inner_member_whatever_it_captures() {
        begin("java/lang/Object");
        writer.visitInnerClass("Local", OUTER, "Local", 0);
        assertThat(indexOf("(LOuter;III)V")).isEqualTo("cpu->3");
    }

    @Test
    void name_and_ordinal_of_an_enum_come_first() {
        begin("java/lang/Enum");
        assertThat(indexOf("(Ljava/lang/String;III)V")).isEqualTo("cpu->4");
    }

    @Test
    void flags_of_parameters_are_believed_before_all_else() {
        begin("java/lang/Object");
        writer.visitInnerClass("Local", OUTER, "Local", 0);
        assertThat(indexOf("(IIII)V", Opcodes.ACC_SYNTHETIC, NO_FLAGS, Opcodes.ACC_MANDATED, NO_FLAGS))
                .isEqualTo("cpu->4");
    }

    /** {@code Local(Outer a, @CpuIndex int cpu)} that captures an int, or {@code Local(int a, @CpuIndex int cpu)} in an instance method. */
    @Test
    void a_constructor_is_refused_where_two_parameters_could_be_meant() {
        beginLocal();
        constructor("(LOuter;II)V");
        ClassWeaver weaver = new ClassWeaver(writer.toByteArray());
        assertThat(weaver.refusals())
                .containsExactly(
                        "Local.<init>(LOuter;II)V: @CpuIndex on one of 2 int parameters, and the class file"
                                + " does not say which; compile it with -parameters, or make the class a static member of another");
        assertThat(weaver.isEmpty()).isTrue();
    }

    /** {@code Local(Outer a, @CpuIndex int cpu)} that captures an int, which javac keeps in a field. */
    @Test
    void a_field_that_is_no_outer_instances_shows_that_its_variable_is_captured() {
        beginLocal();
        field("val$k", "I");
        assertThat(indexOf("(LOuter;II)V")).isEqualTo("cpu->2");
    }

    /** A captured one of the outer class has a field, too. */
    @Test
    void a_field_that_may_be_of_either_decides_nothing() {
        beginLocal();
        field("val$o", "LOuter;");
        constructor("(LOuter;IILOuter;)V");
        assertThat(new ClassWeaver(writer.toByteArray()).refusals()).hasSize(1);
    }

    private void beginLocal() {
        begin("java/lang/Object");
        writer.visitOuterClass(OUTER, "method", "(I)V");
        writer.visitInnerClass("Local", null, "Local", 0);
    }

    private void begin(String superName) {
        writer.visit(Opcodes.V17, Opcodes.ACC_SUPER, "Local", null, superName, null);
    }

    private void field(String name, String descriptor) {
        int access = Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC;
        writer.visitField(access, name, descriptor, null, null).visitEnd();
    }

    private String indexOf(String descriptor, int... flags) {
        constructor(descriptor, flags);
        ClassWeaver weaver = new ClassWeaver(writer.toByteArray());
        assertThat(weaver.refusals()).isEmpty();
        return ClassWeaverTest.hookCalls(weaver.weave()).get("<init>").get(0);
    }

    /** With two annotable parameters, the second of which is the index. */
    private void constructor(String descriptor, int... flags) {
        MethodVisitor method = writer.visitMethod(0, "<init>", descriptor, null, null);
        for (int flag : flags) method.visitParameter(null, flag);
        method.visitAnnotation("Lio/rseq/PerCpu;", true).visitEnd();
        method.visitAnnotableParameterCount(2, true);
        method.visitParameterAnnotation(1, "Lio/rseq/CpuIndex;", true).visitEnd();
        method.visitCode();
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 6);
        method.visitEnd();
        writer.visitEnd();
    }
}
