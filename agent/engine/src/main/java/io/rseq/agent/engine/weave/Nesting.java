/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * What a class file says of its class's place in others, and so of the parameters that compilers add to a constructor: an enum's name and
 * ordinal or the outer instance before those of the source, captured variables after them. Attributes and types alone, since names are renamed.
 */
final class Nesting {
    private static final String ENUM = "java/lang/Enum";

    /** Where Kotlin puts the bodies of an interface's methods, unless it makes default methods of them. */
    private static final String DEFAULT_IMPLS = "$DefaultImpls";

    private final String className;
    private final boolean isEnum;
    private final List<Type> syntheticFields = new ArrayList<>();
    private boolean inner;
    private boolean defaultImpls;
    private String enclosing;

    Nesting(String className, String superName) {
        this.className = className;
        this.isEnum = ENUM.equals(superName);
    }

    /** As {@code EnclosingMethod} says, which local classes have. */
    void enclosedBy(String owner) {
        enclosing = owner;
    }

    /** A line of {@code InnerClasses}. Only that of a member names the class that it is a member of. */
    void sawInnerClass(String name, String outer, int access) {
        if (name.equals(className)) inner = outer != null && (access & Opcodes.ACC_STATIC) == 0;
        else if (name.equals(className + DEFAULT_IMPLS)) defaultImpls = true;
    }

    /** Whether methods that are abstract here may have a body after all. */
    boolean hasDefaultImpls() {
        return defaultImpls;
    }

    void sawField(int access, String descriptor) {
        boolean instance = (access & Opcodes.ACC_STATIC) == 0;
        if (instance && (access & Opcodes.ACC_SYNTHETIC) != 0) syntheticFields.add(Type.getType(descriptor));
    }

    /** How many parameters of a constructor may lie before its {@code declared} ones, where it has more than those. */
    List<Integer> leading(Type[] parameters, int declared) {
        if (isEnum) return List.of(2);
        if (inner) return List.of(1);
        if (!mayBeOuterInstance(parameters[0])) return List.of(0);
        return isKept(parameters, declared) ? List.of(1) : List.of(0, 1);
    }

    private boolean mayBeOuterInstance(Type type) {
        return type.getSort() == Type.OBJECT && (enclosing == null || enclosing.equals(type.getInternalName()));
    }

    /** Whether the class has a field for the first parameter, which can't be for one that it captures. */
    private boolean isKept(Type[] parameters, int declared) {
        for (int i = declared; i < parameters.length; i++) if (parameters[i].equals(parameters[0])) return false;
        return syntheticFields.contains(parameters[0]);
    }
}
