/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Finds, in the classes that it is shown, methods that override a {@code @PerCpu} one and are none: annotations are not inherited. */
public final class Overrides {
    private static final int NOT_OVERRIDING = Opcodes.ACC_STATIC
            | Opcodes.ACC_PRIVATE
            | Opcodes.ACC_BRIDGE
            | Opcodes.ACC_SYNTHETIC
            | Opcodes.ACC_ABSTRACT;

    private final Map<String, Type> types = new LinkedHashMap<>();

    /** Takes note of a class file, whatever it is. */
    public void saw(byte[] file) {
        try {
            Type type = new Type();
            ClassReader reader = new ClassReader(file);
            reader.accept(type, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
            types.put(reader.getClassName(), type);
        } catch (RuntimeException unreadable) { // where it concerns us, its report says so
            return;
        }
    }

    /** A line for each. */
    public List<String> found() {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Type> type : types.entrySet()) {
            for (Map.Entry<String, Boolean> method : type.getValue().methods.entrySet()) {
                if (method.getValue()) continue;
                String overridden = annotatedAbove(type.getValue(), method.getKey());
                if (overridden == null) continue;
                lines.add(type.getKey().replace('/', '.') + "." + method.getKey() + ": overrides the @PerCpu method of "
                        + overridden.replace('/', '.') + " without the annotation; add it");
            }
        }
        return lines;
    }

    /** Null: none. */
    private String annotatedAbove(Type below, String method) {
        for (String name : below.parents) {
            Type parent = types.get(name);
            if (parent == null) continue;
            if (Boolean.TRUE.equals(parent.methods.get(method))) return name;
            String above = annotatedAbove(parent, method);
            if (above != null) return above;
        }
        return null;
    }

    private static final class Type extends ClassVisitor {
        private final List<String> parents = new ArrayList<>();
        private final Map<String, Boolean> methods = new LinkedHashMap<>();

        Type() {
            super(ClassWeaver.ASM);
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            if (superName != null) parents.add(superName);
            parents.addAll(List.of(interfaces));
        }

        /** Those that have an int somewhere, at least. */
        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            if (!descriptor.contains("I") || name.startsWith("<")) return null;
            String method = name + descriptor;
            if ((access & NOT_OVERRIDING) == 0) methods.put(method, false);
            return new MethodVisitor(ClassWeaver.ASM) {
                @Override
                public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    if (annotation.equals(AnnotatedMethod.PER_CPU)) methods.put(method, true);
                    return null;
                }
            };
        }
    }
}
