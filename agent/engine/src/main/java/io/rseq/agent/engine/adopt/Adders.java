/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import io.rseq.agent.engine.weave.CommitsHook;
import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * {@code adopt=adders}: the JDK's {@code LongAdder} and {@code DoubleAdder}.
 *
 * <p><b>What for.</b> An adder that is contended makes a padded cell for each CPU, in which threads still meet: a cell is chosen by the thread, and a
 * virtual thread that lives for one request always begins at the same one. Rerouted, such an adder is <em>promoted</em> instead, to 8 bytes of per-CPU
 * memory (16 for doubles) that a restartable sequence adds to. One that nobody contends stays what it is, a compare-and-set on {@code base}.
 *
 * <p><b>Which classes, and how they must look.</b> The two adders: {@code add} begins with {@code (cells != null || !casBase(..))},
 * instruction by instruction ({@link Kind#add}); {@code sum}, {@code reset} and {@code sumThenReset} each use {@code base} once; nothing else
 * touches {@code base} and {@code cellsBusy}. {@code Striped64}: {@code cellsBusy} is a lock that a compare-and-set from 0 to 1 takes, and that storing 0
 * releases, and nothing else writes it.
 *
 * <p><b>What is put there.</b> In {@code add}, where the first stage has failed or there are cells: a call of {@code $RseqAdders.add}, which promotes, and adds.
 * Where it answers false, the JDK's second stage follows as it was. In the other three, a call in place of the access to {@code base}. A promoted adder has its
 * offset in {@code cellsBusy}: what is not rerouted, such as a method that was running, sees the lock taken and falls back to {@code base}.
 * {@code Striped64} is looked at and stays as it is.
 *
 * <p><b>How it is undone.</b> Not at all while the process runs: without the rerouted {@code sum}, what promoted adders hold would be missing. Each time that
 * another agent redefines or retransforms the class, it is rerouted again; where it looks otherwise by then, it stays as it was rerouted last, and that agent's
 * change is dropped.
 */
final class Adders implements Adoption {
    static final String WORD = "adders";

    private static final String HOOK = "$RseqAdders";
    private static final String PACKAGE = "java/util/concurrent/atomic/";
    private static final String STRIPED = PACKAGE + "Striped64";

    /** The two adders: they differ in what they add. */
    enum Kind {
        LONG("LongAdder", 'J', Opcodes.LLOAD, "lload4;lload1;ladd;"),
        DOUBLE("DoubleAdder", 'D', Opcodes.DLOAD, "lload4;longBitsToDouble;dload1;dadd;doubleToRawLongBits;");

        final String name;
        final char type;
        final int load;

        /** In front of the second stage. */
        final String add;

        Kind(String name, char type, int load, String sum) {
            this.name = PACKAGE + name;
            this.type = type;
            this.load = load;
            add = "aload0;get:cells;dup;astore3;ifnonnull:A;aload0;aload0;get:base;dup2;lstore4;" + sum
                    + "casBase;ifne:B;A:";
        }

        /** Null: of no adder. */
        static Kind of(String name) {
            return name.equals(LONG.name) ? LONG : name.equals(DOUBLE.name) ? DOUBLE : null;
        }
    }

    /** An adder's file as it was last rerouted, which promoted adders need from then on; null: it is not, so no sequences are wanted. */
    private volatile byte[] keptLong;

    private volatile byte[] keptDouble;

    private volatile boolean lockLooksAsExpected;
    private volatile boolean lockSeen;

    @Override
    public String word() {
        return WORD;
    }

    @Override
    public boolean wants(String name) {
        return name.startsWith(PACKAGE) && (Kind.of(name) != null || name.equals(STRIPED));
    }

    @Override
    public void check(String name, byte[] file) throws LooksOtherwise {
        if (name.equals(STRIPED)) Shape.checkLock(file);
        else Shape.checkAdder(Kind.of(name), file);
    }

    @Override
    public boolean wantsLoaded(String dotted) {
        return dotted.startsWith("java.util.concurrent.atomic.") && wants(dotted.replace('.', '/'));
    }

    @Override
    public byte[] reroute(ClassLoader loader, String name, byte[] file) throws Throwable {
        if (loader != null) return null;
        if (name.equals(STRIPED)) {
            lockSeen = true;
            Shape.checkLock(file);
            lockLooksAsExpected = true;
            return null;
        }
        Kind kind = Kind.of(name);
        byte[] result = Rewriter.rewrite(kind, file);
        if (!CommitsHook.define(HOOK)) return null; // the journal says why, once
        $RseqAdders.prepare();
        if (kind == Kind.LONG) keptLong = result;
        else keptDouble = result;
        return result;
    }

    @Override
    public byte[] kept(String name) {
        Kind kind = Kind.of(name);
        return kind == Kind.LONG ? keptLong : kind == Kind.DOUBLE ? keptDouble : null;
    }

    /**
     * Sequences are opened here, and not by the first adder that wants one: that may be any code of the application's or the JDK's, under any lock, and to
     * open them initialises classes, and takes some milliseconds.
     */
    @Override
    public void follow(Instrumentation instrumentation) throws Throwable {
        if (keptLong == null && keptDouble == null) return;
        if (!lockSeen) {
            lockSeen = true;
            instrumentation.retransformClasses(Class.forName(
                    STRIPED.replace('/', '.'), false, null)); // it was loaded in the midst of the other's load
        }
        if (lockLooksAsExpected) $RseqAdders.open();
    }

    /** What the methods look like: each instruction that matters as a word. */
    static final class Shape extends ClassVisitor {
        private static final String ADD_END = "B:;return";
        private static final String SUM = "aload0;get:base";
        private static final String RESET = "aload0;lconst_0;put:base";
        private static final String TAKE = "aload0;lconst_0;getAndSetBase";
        private static final String UNLOCK = "iconst_0;put:cellsBusy";
        private static final String LOCK = "get:CELLSBUSY;aload0;iconst_0;iconst_1;compareAndSet;ireturn";

        private final Map<String, String> methods = new HashMap<>();
        private String superclass;

        private Shape(byte[] file) {
            super(Opcodes.ASM9);
            new ClassReader(file).accept(this, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        }

        /** Throws where an adder looks otherwise. */
        static void checkAdder(Kind kind, byte[] file) throws LooksOtherwise {
            Shape shape = new Shape(file);
            if (!STRIPED.equals(shape.superclass)) throw new LooksOtherwise("it extends " + shape.superclass);
            String add = shape.taken("add(" + kind.type + ")V");
            if (!add.startsWith(kind.add)
                    || !add.endsWith(ADD_END)
                    || isThere(add.substring(kind.add.length()), "base", "casBase", "cellsBusy"))
                throw new LooksOtherwise("add does not begin with cells and casBase");
            shape.mustHaveOnly("sum()" + kind.type, SUM);
            shape.mustHaveOnly("reset()V", RESET);
            shape.mustHaveOnly("sumThenReset()" + kind.type, TAKE);
            for (Map.Entry<String, String> other : shape.methods.entrySet()) {
                if (isThere(other.getValue(), "base", "casBase", "getAndSetBase", "cellsBusy", "cells"))
                    throw new LooksOtherwise(other.getKey() + " uses what the four methods use");
            }
        }

        /** Throws where {@code Striped64}'s lock looks otherwise. */
        static void checkLock(byte[] file) throws LooksOtherwise {
            Shape shape = new Shape(file);
            if (!shape.taken("casCellsBusy()Z").equals(LOCK))
                throw new LooksOtherwise("casCellsBusy is no compare-and-set from 0 to 1");
            for (Map.Entry<String, String> method : shape.methods.entrySet()) {
                String code = method.getValue();
                if (isThere(code.replace(UNLOCK, ""), "put:cellsBusy", "get:CELLSBUSY")
                        && !method.getKey().startsWith("<clinit>"))
                    throw new LooksOtherwise(method.getKey() + " uses cellsBusy otherwise than as a lock");
            }
        }

        private String taken(String method) throws LooksOtherwise {
            String code = methods.remove(method);
            if (code == null) throw new LooksOtherwise("it has no " + method);
            return code;
        }

        /** Throws where this is not the only use of {@code base}. */
        private void mustHaveOnly(String method, String use) throws LooksOtherwise {
            String code = taken(method);
            int at = code.indexOf(use);
            if (at < 0
                    || isThere(
                            code.substring(0, at) + code.substring(at + use.length()),
                            "base",
                            "casBase",
                            "getAndSetBase",
                            "cellsBusy"))
                throw new LooksOtherwise(method + " does not use base once, as '" + use + "'");
        }

        private static boolean isThere(String code, String... words) {
            for (String word : code.split(";")) {
                String bare = word.substring(word.indexOf(':') + 1);
                for (String unwanted : words) if (word.equals(unwanted) || bare.equals(unwanted)) return true;
            }
            return false;
        }

        @Override
        public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
            superclass = parent;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new Reader(name + descriptor);
        }

        private final class Reader extends MethodVisitor {
            private final String method;
            private final StringBuilder code = new StringBuilder();
            private final Map<Label, Character> labels = new HashMap<>();

            Reader(String method) {
                super(Opcodes.ASM9);
                this.method = method;
            }

            private void word(String word) {
                if (code.length() > 0) code.append(';');
                code.append(word);
            }

            private char name(Label label) {
                Character known = labels.get(label);
                if (known != null) return known;
                labels.put(label, (char) ('A' + labels.size()));
                return labels.get(label);
            }

            @Override
            public void visitInsn(int opcode) {
                word(opcodeName(opcode));
            }

            @Override
            public void visitIntInsn(int opcode, int operand) {
                word("int" + operand);
            }

            @Override
            public void visitVarInsn(int opcode, int slot) {
                word(opcodeName(opcode) + slot);
            }

            @Override
            public void visitTypeInsn(int opcode, String type) {
                word("type");
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                boolean gets = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
                word((gets ? "get:" : "put:") + name);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                word(name);
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                word(opcodeName(opcode) + ":" + name(label));
            }

            @Override
            public void visitLabel(Label label) {
                word(name(label) + ":");
            }

            @Override
            public void visitLdcInsn(Object value) {
                word("ldc");
            }

            @Override
            public void visitIincInsn(int slot, int increment) {
                word("iinc");
            }

            @Override
            public void visitEnd() {
                methods.put(method, code.toString());
            }
        }

        private static String opcodeName(int opcode) {
            switch (opcode) {
                case Opcodes.ALOAD:
                    return "aload";
                case Opcodes.ASTORE:
                    return "astore";
                case Opcodes.LLOAD:
                    return "lload";
                case Opcodes.LSTORE:
                    return "lstore";
                case Opcodes.LADD:
                    return "ladd";
                case Opcodes.DLOAD:
                    return "dload";
                case Opcodes.DADD:
                    return "dadd";
                case Opcodes.DUP:
                    return "dup";
                case Opcodes.DUP2:
                    return "dup2";
                case Opcodes.LCONST_0:
                    return "lconst_0";
                case Opcodes.ICONST_0:
                    return "iconst_0";
                case Opcodes.ICONST_1:
                    return "iconst_1";
                case Opcodes.IFNE:
                    return "ifne";
                case Opcodes.IFNONNULL:
                    return "ifnonnull";
                case Opcodes.RETURN:
                    return "return";
                case Opcodes.IRETURN:
                    return "ireturn";
                default:
                    return "op" + opcode;
            }
        }
    }

    /** Puts the calls there, in a class whose shape was checked. */
    static final class Rewriter extends ClassVisitor {
        private static final String CALLED = "java/lang/" + HOOK;

        private final Kind kind;

        private Rewriter(Kind kind, ClassVisitor to) {
            super(Opcodes.ASM9, to);
            this.kind = kind;
        }

        static byte[] rewrite(Kind kind, byte[] file) throws LooksOtherwise {
            Shape.checkAdder(kind, file);
            ClassReader reader = new ClassReader(file);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new Rewriter(kind, writer), 0);
            return writer.toByteArray();
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor to = super.visitMethod(access, name, descriptor, signature, exceptions);
            switch (name + descriptor) {
                case "add(J)V":
                case "add(D)V":
                    return new Add(to);
                case "sum()J":
                case "sum()D":
                case "reset()V":
                case "sumThenReset()J":
                case "sumThenReset()D":
                    return new Use(to);
                default:
                    return to;
            }
        }

        /** Behind the first stage: {@code if ($RseqAdders.add(this, cellsBusy, x)) return;}, which needs no frame that is not there. */
        private final class Add extends MethodVisitor {
            private static final int NEEDED = 4;

            private boolean sawCas;
            private Label end;
            private boolean due;

            Add(MethodVisitor to) {
                super(Opcodes.ASM9, to);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                insertIfDue();
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                if (name.equals("casBase")) sawCas = true;
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                insertIfDue();
                super.visitJumpInsn(opcode, label);
                if (!sawCas || end != null) return;
                end = label;
                due = true;
            }

            @Override
            public void visitInsn(int opcode) {
                insertIfDue();
                super.visitInsn(opcode);
            }

            @Override
            public void visitVarInsn(int opcode, int slot) {
                insertIfDue();
                super.visitVarInsn(opcode, slot);
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                insertIfDue();
                super.visitFieldInsn(opcode, owner, name, descriptor);
            }

            @Override
            public void visitMaxs(int maxStack, int maxLocals) {
                super.visitMaxs(Math.max(maxStack, NEEDED), maxLocals);
            }

            private void insertIfDue() {
                if (!due) return;
                due = false;
                super.visitVarInsn(Opcodes.ALOAD, 0);
                super.visitVarInsn(Opcodes.ALOAD, 0);
                super.visitFieldInsn(Opcodes.GETFIELD, kind.name, "cellsBusy", "I");
                super.visitVarInsn(kind.load, 1);
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, CALLED, "add", "(L" + kind.name + ";I" + kind.type + ")Z", false);
                super.visitJumpInsn(Opcodes.IFNE, end);
            }
        }

        /** The one use of {@code base}, by the hook, which has the CPUs' cells in mind. */
        private final class Use extends MethodVisitor {
            private boolean zero;

            Use(MethodVisitor to) {
                super(Opcodes.ASM9, to);
            }

            private void call(String name, String result) {
                zero = false;
                super.visitMethodInsn(Opcodes.INVOKESTATIC, CALLED, name, "(L" + kind.name + ";)" + result, false);
            }

            @Override
            public void visitInsn(int opcode) {
                flush();
                zero = opcode == Opcodes.LCONST_0;
                if (!zero) super.visitInsn(opcode);
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                if (opcode == Opcodes.GETFIELD && name.equals("base")) {
                    call("base", "J");
                } else if (opcode == Opcodes.PUTFIELD && name.equals("base")) {
                    call("reset", "V");
                } else {
                    flush();
                    super.visitFieldInsn(opcode, owner, name, descriptor);
                }
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                if (name.equals("getAndSetBase")) {
                    call("takeBase", "J");
                } else {
                    flush();
                    super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                }
            }

            @Override
            public void visitVarInsn(int opcode, int slot) {
                flush();
                super.visitVarInsn(opcode, slot);
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                flush();
                super.visitJumpInsn(opcode, label);
            }

            @Override
            public void visitLabel(Label label) {
                flush();
                super.visitLabel(label);
            }

            /** The constant that was kept back belongs to something else. */
            private void flush() {
                if (zero) super.visitInsn(Opcodes.LCONST_0);
                zero = false;
            }
        }
    }
}
