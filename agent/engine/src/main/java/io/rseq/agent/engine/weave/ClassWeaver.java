/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodTooLargeException;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * Weaves one class, in two passes of ByteBuddy's ASM: the first finds the annotated methods and looks into no code; the second rewrites
 * those, and copies every other method as it stands.
 *
 * <p>A {@code @PerCpu} method gets two instructions at its entry, which assign the {@code @CpuIndex} parameter. Straight-line code, no
 * member added, no frame changed: legal for a class that is loaded already, whatever its version.
 */
final class ClassWeaver {
    /** The hook, as woven code calls it. */
    static final String HOOK = "java/lang/$Rseq";

    private static final String JAVA_LANG = "java/lang/";

    /** What those of this jar have. */
    static final HookMethods HOOKS = new HookMethods();

    /** The constant of an API that says by which layout it commits; the layout of one that has none. */
    private static final String LAYOUT = "LAYOUT";

    private static final int FIRST_LAYOUT = 1;

    private static final String ONE_VERSION = "; use the same version of rseq-api.jar and rseq-agent.jar";

    /** The tag of a constant. */
    private static final int CLASS = 7;

    /** The minor version lies above it. */
    private static final int MAJOR = 0xFFFF;

    static final int ASM = Opcodes.ASM9;

    private final ClassReader reader;
    private final HookMethods hooks;
    private final Map<String, MethodPlan> plans = new HashMap<>();
    private final Map<String, String> perCpuMethods = new LinkedHashMap<>();
    private final Map<String, String> entries = new HashMap<>();
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private final Set<String> withoutIndex = new HashSet<>();
    private boolean annotation;
    private boolean commits;
    private boolean framed;

    ClassWeaver(byte[] file) {
        this(file, HOOKS);
    }

    ClassWeaver(byte[] file, HookMethods hooks) {
        this.hooks = hooks;
        reader = new ClassReader(file);
        reader.accept(new Finder(), ClassReader.SKIP_CODE);
        lookIntoBodies(file);
    }

    /**
     * Drops methods that are woven already, since another agent may redefine a class with bytes that we returned before;
     * and those without an index that call the one that has it, as compilers make them for default arguments.
     */
    private void lookIntoBodies(byte[] file) {
        Set<String> methods = new HashSet<>(withoutIndex);
        if (names(HOOK)) methods.addAll(entries.keySet());
        if (methods.isEmpty()) return;
        Bodies bodies = new Bodies(file, methods);
        for (String method : withoutIndex) if (callsTheMeant(method, bodies.callsOf(method))) refusals.remove(method);
        for (Map.Entry<String, String> entry : entries.entrySet())
            if (entry.getValue().equals(bodies.entryOf(entry.getKey()))) plans.remove(entry.getKey());
    }

    /** Whether the class uses that class. */
    boolean names(String used) {
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            int at = reader.getItem(i);
            if (at > 0 && reader.readByte(at - 1) == CLASS && used.equals(reader.readUTF8(at, buffer))) return true;
        }
        return false;
    }

    /** Whether it calls a woven method of its own name, itself or by Kotlin's {@code $default}, or is Scala's forwarder to an object's method. */
    private boolean callsTheMeant(String method, Set<String> calls) {
        String name = nameOf(method);
        boolean anyWoven = false;
        for (String woven : entries.keySet()) anyWoven |= nameOf(woven).equals(name);
        for (String call : calls) {
            int dot = call.indexOf('.');
            String owner = call.substring(0, dot);
            String called = call.substring(dot + 1);
            if (owner.equals(reader.getClassName() + "$") && called.equals(method)) return true;
            if (!anyWoven || !owner.equals(reader.getClassName()) || called.equals(method)) continue;
            if (nameOf(called).equals(name) || nameOf(called).equals(name + "$default")) return true;
        }
        return false;
    }

    private static String nameOf(String method) {
        return method.substring(0, method.indexOf('('));
    }

    /** Whether the class is an annotation: it may bear ours without meaning a method of its own. */
    boolean isAnnotation() {
        return annotation;
    }

    /** Whether the class is a mock or a proxy, or one that mocks were made of in place. */
    boolean isMock() {
        return Exclusions.isGenerated(className()) || names(Exclusions.INLINE_MOCK);
    }

    /** As {@code java.lang.Object}. */
    String className() {
        return reader.getClassName().replace('/', '.');
    }

    /** Whether the woven class will call a hook that {@link CommitsHook} defines. */
    boolean callsCommits() {
        return commits;
    }

    /** Whether there is nothing to rewrite: no annotated method, or all woven. */
    boolean isEmpty() {
        return plans.isEmpty();
    }

    /** The methods that get an index, for the log. */
    Collection<String> perCpuMethods() {
        return perCpuMethods.values();
    }

    /** The annotated methods that can't, each with the reason and what to do; weaving may add to them. */
    List<String> refusals() {
        return new ArrayList<>(refusals.values());
    }

    /** The methods whose weaving may not help, each with the reason and what to do. */
    List<String> doubts() {
        return Doubts.in(reader, entries);
    }

    /** The rewritten class file; null when there is nothing to rewrite. A method that has no room for the woven instructions stays as it is. */
    byte[] weave() {
        while (!isEmpty()) {
            try {
                return rewrite();
            } catch (MethodTooLargeException tooLarge) {
                String method = tooLarge.getMethodName() + tooLarge.getDescriptor();
                if (plans.remove(method) == null) throw tooLarge;
                perCpuMethods.remove(method);
                refusals.put(
                        method,
                        tooLarge.getClassName().replace('/', '.') + "." + method + ": @PerCpu on a method of "
                                + tooLarge.getCodeSize()
                                + " bytes of code when woven, over 65535; move some of it to another");
            }
        }
        return null;
    }

    private byte[] rewrite() {
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(ASM, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                        MethodPlan plan = plans.get(name + descriptor);
                        return plan == null ? method : plan.rewrite(method);
                    }
                },
                framed ? 0 : ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    /** The first pass. */
    private final class Finder extends ClassVisitor {
        private String className;
        private int layout = FIRST_LAYOUT;
        private final Map<String, MethodPlan> commitsPlans = new HashMap<>();
        private String notOurs;
        private Nesting nesting;

        Finder() {
            super(ASM);
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            className = name.replace('/', '.');
            nesting = new Nesting(name, superName);
            annotation = (access & Opcodes.ACC_ANNOTATION) != 0;
            // the JVM looks at no frame of an older one, and ASM writes none
            framed = (version & MAJOR) >= Opcodes.V1_6;
        }

        @Override
        public void visitOuterClass(String owner, String method, String descriptor) {
            nesting.enclosedBy(owner);
        }

        @Override
        public void visitInnerClass(String name, String outer, String simpleName, int access) {
            nesting.sawInnerClass(name, outer, access);
        }

        /** Fields come before methods. Of an API, one is the layout. */
        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            nesting.sawField(access, descriptor);
            if (name.equals(LAYOUT) && value instanceof Integer) layout = (Integer) value;
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new AnnotatedMethod(access, name, descriptor, nesting) {
                @Override
                public void visitEnd() {
                    if (!isAnnotated()) return;
                    String place = className + "." + name + descriptor;
                    String refusal = isWoven() ? null : refusal();
                    if (refusal != null) {
                        refusals.put(name + descriptor, place + ": " + refusal);
                        if (!isWoven() && lacksIndex()) withoutIndex.add(name + descriptor);
                    } else if (isWoven()) {
                        planBody(access, hook(), name, descriptor);
                    } else {
                        plans.put(name + descriptor, MethodPlan.assigning(hookMethod(), indexSlot()));
                        entries.put(name + descriptor, Bodies.entry(hookMethod(), indexSlot()));
                        perCpuMethods.put(name + descriptor, place + " index=" + hookMethod());
                    }
                }
            };
        }

        /* An entry point without its hook does by itself what it does without the agent. But commits go all together: a stack that is pushed to by
         * sequences is not to be popped without. */
        private void planBody(int access, String hook, String name, String descriptor) {
            String method = name + descriptor;
            boolean first = hook.equals(HookMethods.FIRST);
            if (hooks.has(hook, method)) {
                MethodPlan plan = MethodPlan.replacingBody(access, JAVA_LANG + hook, name, descriptor);
                (first ? plans : commitsPlans).put(method, plan);
                return;
            }
            String lack = "this agent has no " + hook + "." + method;
            if (first) refusals.put(method, className + "." + method + ": " + lack + ONE_VERSION);
            else if (notOurs == null) notOurs = lack;
        }

        @Override
        public void visitEnd() {
            boolean hasCommits = notOurs != null || !commitsPlans.isEmpty();
            if (hasCommits && layout != $RseqCommits.LAYOUT) // which says more than a method that is not there
            notOurs = "its layout is " + layout + ", this agent's is " + $RseqCommits.LAYOUT;
            if (notOurs != null) {
                refusals.put(
                        className,
                        "class " + className + ": " + notOurs + ONE_VERSION + "; its structures commit atomically");
            } else if (!commitsPlans.isEmpty()) {
                plans.putAll(commitsPlans);
                commits = true;
            }
        }
    }

    /** What the second pass does to one method. */
    private interface MethodPlan {
        MethodVisitor rewrite(MethodVisitor method);

        /**
         * At entry: parameter = hook(). Without a line number: with that of the first line, a breakpoint there would stop before the
         * assignment, and only once where the first line is a loop's.
         */
        static MethodPlan assigning(String hookMethod, int slot) {
            return new MethodPlan() {
                @Override
                public MethodVisitor rewrite(MethodVisitor method) {
                    return new MethodVisitor(ASM, method) {
                        private final Set<Label> placed = new HashSet<>();

                        @Override
                        public void visitLabel(Label label) {
                            placed.add(label);
                            super.visitLabel(label);
                        }

                        /* ASM never places such a label, and would write something else: what the JVM says to the class is its affair. */
                        @Override
                        public void visitLocalVariable(
                                String name, String descriptor, String signature, Label start, Label end, int index) {
                            if (!placed.contains(start) || !placed.contains(end))
                                throw new IllegalArgumentException("debug information points into an instruction");
                            super.visitLocalVariable(name, descriptor, signature, start, end, index);
                        }

                        @Override
                        public void visitCode() {
                            super.visitCode();
                            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, hookMethod, "()I", false);
                            super.visitVarInsn(Opcodes.ISTORE, slot);
                        }

                        @Override
                        public void visitMaxs(int maxStack, int maxLocals) {
                            super.visitMaxs(Math.max(maxStack, 1), maxLocals);
                        }
                    };
                }
            };
        }

        /** The whole body: return hook.sameName(same arguments). For the API's own entry points. */
        static MethodPlan replacingBody(int access, String hook, String name, String descriptor) {
            if ((access & Opcodes.ACC_STATIC) == 0)
                throw new IllegalArgumentException("@Woven on " + name + ", which is not static");
            return new MethodPlan() {
                @Override
                public MethodVisitor rewrite(MethodVisitor method) {
                    return new MethodVisitor(ASM, method) {
                        @Override
                        public void visitCode() {
                            super.visitCode();
                            int slot = 0;
                            for (Type argument : Type.getArgumentTypes(descriptor)) {
                                super.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), slot);
                                slot += argument.getSize();
                            }
                            Type result = Type.getReturnType(descriptor);
                            super.visitMethodInsn(Opcodes.INVOKESTATIC, hook, name, descriptor, false);
                            super.visitInsn(result.getOpcode(Opcodes.IRETURN));
                            super.visitMaxs(Math.max(slot, result.getSize()), slot);
                            super.visitEnd();
                            mv = null; // the rest of the old body goes nowhere
                        }
                    };
                }
            };
        }
    }
}
