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
    static final String PER_CPU = "Lio/rseq/PerCpu;";
    private static final String CPU_INDEX = "Lio/rseq/CpuIndex;";
    private static final String WOVEN = "Lio/rseq/internal/Woven;";

    /** Groovy's, on what it makes of default arguments and of {@code @Memoized}. */
    private static final String GENERATED = "Lgroovy/transform/Generated;";

    /** Groovy's, on a trait's method that has its body in another class. */
    private static final String IMPLEMENTED = "Lorg/codehaus/groovy/transform/trait/Traits$Implemented;";

    /** Parameters that the source does not have. */
    private static final int ADDED = Opcodes.ACC_SYNTHETIC | Opcodes.ACC_MANDATED;

    private final int access;
    private final boolean constructor;
    private final Type[] parameters;
    private final Nesting nesting;
    private final List<Integer> flags = new ArrayList<>();
    private final List<Integer> indexParameters = new ArrayList<>();
    private int annotable;
    private boolean perCpu;
    private boolean woven;
    private boolean generated;
    private boolean implemented;
    private String hook = HookMethods.FIRST;
    private String index = "CPU";

    AnnotatedMethod(int access, String name, String descriptor, Nesting nesting) {
        super(ClassWeaver.ASM);
        this.access = access;
        this.constructor = name.equals("<init>");
        this.parameters = Type.getArgumentTypes(descriptor);
        this.nesting = nesting;
    }

    /** The attribute {@code MethodParameters}: the flags alone. */
    @Override
    public void visitParameter(String name, int parameterAccess) {
        flags.add(parameterAccess);
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
        generated |= descriptor.equals(GENERATED);
        implemented |= descriptor.equals(IMPLEMENTED);
        if (!descriptor.equals(PER_CPU)) return null;
        perCpu = true;
        return new AnnotationVisitor(ClassWeaver.ASM) {
            @Override
            public void visitEnum(String name, String enumDescriptor, String value) {
                if (name.equals("value")) index = value;
            }
        };
    }

    /** javac, ecj and Kotlin leave out of the count, and of the numbers of annotated ones, what they add to a constructor's parameters. */
    @Override
    public void visitAnnotableParameterCount(int count, boolean visible) {
        if (visible) annotable = count;
    }

    @Override
    public AnnotationVisitor visitParameterAnnotation(int parameter, String descriptor, boolean visible) {
        if (descriptor.equals(CPU_INDEX)) indexParameters.add(parameter);
        return null;
    }

    /** Whether the source means this method: compilers copy annotations to others that they make, which the index need not reach. */
    final boolean isAnnotated() {
        return woven || perCpu && !isBesideTheMeant();
    }

    private boolean isBesideTheMeant() {
        if ((access & Opcodes.ACC_BRIDGE) != 0) return true;
        if ((access & Opcodes.ACC_ABSTRACT) != 0) return implemented || nesting.hasDefaultImpls();
        return lacksIndex() && (generated || (access & Opcodes.ACC_SYNTHETIC) != 0);
    }

    /** Whether no parameter is annotated. */
    final boolean lacksIndex() {
        return indexParameters.isEmpty();
    }

    final boolean isWoven() {
        return woven;
    }

    /** The simple name of the hook's class that replaces the body of this {@code @Woven} method. */
    final String hook() {
        return hook;
    }

    /** Why this {@code @PerCpu} method can't be woven, with what to do; null when it can. */
    final String refusal() {
        if ((access & Opcodes.ACC_ABSTRACT) != 0)
            return "@PerCpu on an abstract method; annotate the methods that implement it";
        if ((access & Opcodes.ACC_NATIVE) != 0)
            return "@PerCpu on a native method; annotate a Java method that calls it";
        if (lacksIndex()) return "@PerCpu without a @CpuIndex parameter; add one: @CpuIndex int cpu";
        if (indexParameters.size() > 1)
            return "@PerCpu with " + indexParameters.size() + " @CpuIndex parameters; leave exactly one";
        List<Integer> possible = indexParameters();
        if (possible.size() > 1)
            return "@CpuIndex on one of " + possible.size() + " int parameters, and the class file does not say which;"
                    + " compile it with -parameters, or make the class a static member of another";
        if (possible.isEmpty()) return "@CpuIndex on a parameter that the method does not have";
        Type type = parameters[possible.get(0)];
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
        int parameter = indexParameters().get(0);
        for (int i = 0; i < parameter; i++) slot += parameters[i].getSize();
        return slot;
    }

    /** The parameters that the annotated one can be: those of type int, or the first where none is. */
    private List<Integer> indexParameters() {
        List<Integer> ofAnyType = new ArrayList<>();
        List<Integer> ofInt = new ArrayList<>();
        for (int leading : leading()) {
            int parameter = leading + indexParameters.get(0);
            if (leading > 0 && leading > parameters.length - annotable || parameter >= parameters.length) continue;
            ofAnyType.add(parameter);
            if (parameters[parameter] == Type.INT_TYPE) ofInt.add(parameter);
        }
        if (ofAnyType.isEmpty() || !ofInt.isEmpty()) return ofInt;
        return ofAnyType.subList(0, 1);
    }

    /** How many added parameters may lie before the annotated one. */
    private List<Integer> leading() {
        int added = parameters.length - annotable;
        if (added <= 0 || annotable == 0) return List.of(0);
        List<Integer> declared = new ArrayList<>();
        for (int i = 0; i < flags.size(); i++) if ((flags.get(i) & ADDED) == 0) declared.add(i);
        int index = indexParameters.get(0);
        if (flags.size() == parameters.length && declared.size() == annotable && index < annotable)
            return List.of(declared.get(index) - index);
        return constructor ? nesting.leading(parameters, annotable) : List.of(0, added);
    }
}
