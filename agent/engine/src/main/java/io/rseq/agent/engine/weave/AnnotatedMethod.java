/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/** Collects what our annotations say about one method, and whether it makes sense. */
class AnnotatedMethod extends MethodVisitor {
    private static final String PER_CPU = "Lio/rseq/PerCpu;";
    private static final String CPU_INDEX = "Lio/rseq/CpuIndex;";
    private static final String WOVEN = "Lio/rseq/internal/Woven;";

    private final int access;
    private final int captured;
    private final Type[] parameters;
    private final List<Integer> indexParameters = new ArrayList<>();
    private int unannotatable;
    private boolean perCpu;
    private boolean woven;
    private String hook = HookMethods.FIRST;
    private String index = "CPU";

    /** {@code captured}: how many variables the class captures; a local class's constructor takes them after its own parameters. */
    AnnotatedMethod(int access, String descriptor, int captured) {
        super(ClassWeaver.ASM);
        this.access = access;
        this.captured = captured;
        this.parameters = Type.getArgumentTypes(descriptor);
    }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
        if (descriptor.equals(WOVEN)) {
            woven = true;
            return new AnnotationVisitor(ClassWeaver.ASM) {
                @Override
                public void visit(String name, Object value) {
                    if (name.equals("by")) hook = value.toString();
                }
            };
        }
        if (!descriptor.equals(PER_CPU)) return null;
        perCpu = true;
        return new AnnotationVisitor(ClassWeaver.ASM) {
            @Override
            public void visitEnum(String name, String enumDescriptor, String value) {
                if (name.equals("value")) index = value;
            }
        };
    }

    /** Compilers leave a constructor's synthetic parameters out of the count: outer instance, enum's name and ordinal, captured ones. */
    @Override
    public void visitAnnotableParameterCount(int count, boolean visible) {
        if (count > 0 && count < parameters.length) unannotatable = parameters.length - count - captured;
    }

    @Override
    public AnnotationVisitor visitParameterAnnotation(int parameter, String descriptor, boolean visible) {
        if (descriptor.equals(CPU_INDEX)) indexParameters.add(parameter);
        return null;
    }

    /** A bridge bears a copy of what stands on the method that it calls: that one gets the index, and is the one that the source has. */
    final boolean isAnnotated() {
        return (perCpu || woven) && (access & Opcodes.ACC_BRIDGE) == 0;
    }

    final boolean isWoven() {
        return woven;
    }

    /** The simple name of the hook's class that replaces the body of this {@code @Woven} method. */
    final String hook() {
        return hook;
    }

    /** Why this {@code @PerCpu} method can't be woven, with the mend; null when it can. */
    final String refusal() {
        if ((access & Opcodes.ACC_ABSTRACT) != 0)
            return "@PerCpu on an abstract method; annotate the methods that implement it";
        if ((access & Opcodes.ACC_NATIVE) != 0)
            return "@PerCpu on a native method; annotate a Java method that calls it";
        if (indexParameters.isEmpty()) return "@PerCpu without a @CpuIndex parameter; add one: @CpuIndex int cpu";
        if (indexParameters.size() > 1)
            return "@PerCpu with " + indexParameters.size() + " @CpuIndex parameters; leave exactly one";
        if (indexParameter() < 0 || indexParameter() >= parameters.length)
            return "@CpuIndex on a parameter that the method does not have";
        Type type = parameters[indexParameter()];
        if (type != Type.INT_TYPE) return "@CpuIndex on a parameter of type " + type.getClassName() + "; make it int";
        if (hookMethod() == null)
            return "@PerCpu(Index." + index + "), which this agent does not know; use the agent of the API's version";
        return null;
    }

    /** The hook's method for the index asked for; null when there is none. */
    final String hookMethod() {
        switch (index) {
            case "CPU":
                return "cpu";
            case "CONCURRENCY_ID":
                return "concurrencyId";
            case "NUMA_NODE":
                return "node";
            default:
                return null;
        }
    }

    /** The local variable that the index goes to. */
    final int indexSlot() {
        int slot = (access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
        for (int i = 0; i < indexParameter(); i++) slot += parameters[i].getSize();
        return slot;
    }

    private int indexParameter() {
        return indexParameters.get(0) + unannotatable;
    }
}
