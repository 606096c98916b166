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
    private final List<Type> kept = new ArrayList<>();
    private final List<Type> surelyKept = new ArrayList<>();
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

    /** What a compiler adds to the parameters it keeps in synthetic fields, final unless a shrinker made them none; ecj only the outer instance. */
    void sawField(int access, String descriptor) {
        if ((access & Opcodes.ACC_STATIC) != 0 || (access & Opcodes.ACC_SYNTHETIC) == 0) return;
        kept.add(Type.getType(descriptor));
        if ((access & Opcodes.ACC_FINAL) != 0) surelyKept.add(Type.getType(descriptor));
    }

    /** How many parameters of a constructor may lie before its {@code declared} ones, where it has more than those. */
    List<Integer> leading(Type[] parameters, int declared) {
        if (isEnum) return List.of(2);
        if (inner) return List.of(1);
        if (!mayBeOuterInstance(parameters[0])) return List.of(0);
        List<Type> captured = List.of(parameters).subList(declared, parameters.length);
        // not one that is captured, if no outer instance comes first
        if (kept.contains(parameters[0]) && !captured.contains(parameters[0])) return List.of(1);
        List<Type> besidesOuter = captured.subList(1, captured.size());
        for (Type field : surelyKept)
            if (captured.contains(field) && !field.equals(parameters[0]) && !besidesOuter.contains(field))
                return List.of(0);
        return List.of(0, 1);
    }

    private boolean mayBeOuterInstance(Type type) {
        return type.getSort() == Type.OBJECT && (enclosing == null || enclosing.equals(type.getInternalName()));
    }
}
