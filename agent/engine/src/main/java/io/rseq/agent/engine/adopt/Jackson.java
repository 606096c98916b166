/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import jdk.internal.misc.Unsafe;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;

/**
 * {@code adopt=jackson}: the pool of recyclers that Jackson uses where nobody chose one.
 *
 * <p><b>What for.</b> Jackson 2 keeps a recycler, which holds its buffers, in a {@code ThreadLocal}: a virtual thread makes one for its document, and it is
 * garbage then. Jackson 3 keeps them in a {@code ConcurrentLinkedDeque} for each factory, at whose ends all threads meet.
 *
 * <p><b>Which classes, and how they must look.</b> {@code JsonRecyclerPools} of each copy of Jackson's core, 2.17 and later, also where a build moved it to
 * another package. Its {@code defaultPool()} calls one of three methods of its own, and returns what that does. {@code RecyclerPool} wants no method that
 * our pool has not, and {@code BufferRecycler} has what that calls.
 *
 * <p><b>What is put there.</b> {@code $RseqRecyclerPool}, the class of agent/jackson, is defined in that copy's class loader and package, with the names
 * changed to that copy's, and {@code defaultPool()} returns its only instance. What was told which pool to use, or exists already, keeps its pool. The
 * agent refers to neither the class nor the loader, so they are collected with the application.
 *
 * <p><b>Class loading.</b> This runs while a thread loads {@code JsonRecyclerPools}. It loads and links {@code RecyclerPool} and {@code BufferRecycler}, neither
 * of which needs that class, and initialises ours, so that what can fail there fails here. A loader that is not parallel capable is locked meanwhile, and another
 * thread that links one of these may wait for that lock: there the agent's daemon reroutes the class once it is loaded. What asked for the default pool before
 * keeps Jackson's own.
 *
 * <p><b>How it is undone.</b> By retransforming the class without this. Factories made meanwhile keep the pool, which goes on working.
 */
final class Jackson implements Adoption {
    static final String WORD = "jackson";

    private static final String POOLS = "util/JsonRecyclerPools";
    private static final String INTERFACE = "util/RecyclerPool";
    private static final String LINKED = "util/RecyclerPool$WithPool";
    private static final String RECYCLER = "util/BufferRecycler";
    private static final String OURS = "util/$RseqRecyclerPool";

    /** What ours was compiled against. */
    private static final String COMPILED = "com/fasterxml/jackson/core/";

    private static final String COMPILED_DEFAULT = "threadLocalPool";
    private static final String RESOURCE = "/adopt/RecyclerPool.bytes";

    private static final String DEFAULT = "defaultPool";

    private static final int ASM = Opcodes.ASM9;

    /** Of 2.17.1 and later, of 2.17.0, of 3. */
    private static final List<String> KNOWN_DEFAULTS =
            List.of("threadLocalPool", "newLockFreePool", "newConcurrentDequePool");

    @Override
    public String word() {
        return WORD;
    }

    @Override
    public boolean wants(String name) {
        return name.endsWith(POOLS);
    }

    @Override
    public boolean waitsFor(ClassLoader loader) {
        return loader != null && !loader.isRegisteredAsParallelCapable();
    }

    @Override
    public void check(String name, byte[] file) throws LooksOtherwise {
        ClassFiles.defaultOf(file, prefix(name));
    }

    @Override
    public byte[] reroute(ClassLoader loader, String name, byte[] file) throws Throwable {
        String prefix = prefix(name);
        byte[] ours = ClassFiles.ours(prefix, ClassFiles.defaultOf(file, prefix));
        checkRecycler(loader, prefix);
        checkOurs(define(loader, prefix, ours));
        return ClassFiles.rerouted(file, prefix);
    }

    // ---- how it must look
    // --------------------------------------------------------------------------------------------------------

    /** Reflection links, and initialises nothing. */
    private static void checkRecycler(ClassLoader loader, String prefix) throws Exception {
        Class<?> recycler = find(RECYCLER, loader, prefix);
        if (!find(LINKED, loader, prefix).isAssignableFrom(recycler))
            throw new LooksOtherwise("BufferRecycler is not linked to its pool");
        try {
            recycler.getConstructor();
            recycler.getMethod("isLinkedWithPool"); // Jackson gives back what it took, once, since 2.17
        } catch (NoSuchMethodException none) {
            throw new LooksOtherwise("there is no " + none.getMessage());
        }
    }

    private static void checkOurs(Class<?> ours) throws LooksOtherwise {
        for (Method method : ours.getMethods())
            if (Modifier.isAbstract(method.getModifiers()))
                throw new LooksOtherwise("RecyclerPool has a method that the agent does not know: " + method.getName());
    }

    // ---- what is put there
    // -------------------------------------------------------------------------------------------------------

    /** Defines and initialises it. It is there already when the class is retransformed. */
    private static Class<?> define(ClassLoader loader, String prefix, byte[] file) throws ClassNotFoundException {
        ProtectionDomain domain = find(INTERFACE, loader, prefix).getProtectionDomain();
        try {
            Unsafe.getUnsafe().defineClass(prefix + OURS, file, 0, file.length, loader, domain);
        } catch (LinkageError there) {
            if (find(OURS, loader, prefix).getClassLoader() != loader) throw there;
        }
        return Class.forName((prefix + OURS).replace('/', '.'), true, loader);
    }

    private static Class<?> find(String name, ClassLoader loader, String prefix) throws ClassNotFoundException {
        return Class.forName((prefix + name).replace('/', '.'), false, loader);
    }

    /** The package of that copy of Jackson's core. */
    private static String prefix(String name) {
        return name.substring(0, name.length() - POOLS.length());
    }

    private static String returning(String prefix) {
        return "()" + poolType(prefix);
    }

    private static String poolType(String prefix) {
        return 'L' + prefix + INTERFACE + ';';
    }

    // ---- class files
    // -------------------------------------------------------------------------------------------------------

    /** What reads and writes class files. Apart, so that the JVM verifies the class around it, at each start with this adoption, without loading ASM. */
    private static final class ClassFiles {
        /** The method that makes what defaultPool() returns. */
        static String defaultOf(byte[] file, String prefix) throws LooksOtherwise {
            DefaultPool found = new DefaultPool(prefix);
            new ClassReader(file).accept(found, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            String called = found.onlyCall();
            if (called == null || !KNOWN_DEFAULTS.contains(called))
                throw new LooksOtherwise("its defaultPool() is none of " + String.join(", ", KNOWN_DEFAULTS));
            return called;
        }

        /** The file of our pool as that copy of Jackson needs it: its names, and what its default is without us. */
        static byte[] ours(String prefix, String theirDefault) throws IOException {
            ClassWriter writer = new ClassWriter(0);
            Remapper remapper = new Remapper(ASM) {
                @Override
                public String map(String name) {
                    return name.startsWith(COMPILED) ? prefix + name.substring(COMPILED.length()) : name;
                }

                @Override
                public String mapMethodName(String owner, String name, String descriptor) {
                    return name.equals(COMPILED_DEFAULT) ? theirDefault : name;
                }
            };
            try (InputStream in = Jackson.class.getResourceAsStream(RESOURCE)) {
                if (in == null) throw new FileNotFoundException(RESOURCE);
                new ClassReader(in).accept(new ClassRemapper(writer, remapper), 0);
            }
            return writer.toByteArray();
        }

        static byte[] rerouted(byte[] file, String prefix) {
            ClassReader reader = new ClassReader(file);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(
                    new ClassVisitor(ASM, writer) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                            if (!name.equals(DEFAULT) || !descriptor.equals(returning(prefix))) return method;
                            method.visitCode();
                            method.visitFieldInsn(Opcodes.GETSTATIC, prefix + OURS, "GLOBAL", poolType(prefix));
                            method.visitInsn(Opcodes.ARETURN);
                            method.visitMaxs(1, 0);
                            method.visitEnd();
                            return null;
                        }
                    },
                    0);
            return writer.toByteArray();
        }
    }

    /** What the code of defaultPool() is, which calls one method and nothing else. */
    private static final class DefaultPool extends ClassVisitor {
        private final String prefix;
        private final List<String> calls = new ArrayList<>();
        private boolean isMore;

        DefaultPool(String prefix) {
            super(ASM);
            this.prefix = prefix;
        }

        String onlyCall() {
            return isMore || calls.size() != 1 ? null : calls.get(0);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            if (!name.equals(DEFAULT) || !descriptor.equals(returning(prefix))) return null;
            return new MethodVisitor(api) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean isInterface) {
                    isMore |= opcode != Opcodes.INVOKESTATIC || !owner.equals(prefix + POOLS);
                    isMore |= !type.equals(returning(prefix));
                    calls.add(called);
                }

                @Override
                public void visitInvokeDynamicInsn(String of, String type, Handle bootstrap, Object... arguments) {
                    isMore = true;
                }

                @Override
                public void visitFieldInsn(int opcode, String owner, String field, String type) {
                    isMore = true;
                }

                @Override
                public void visitJumpInsn(int opcode, Label label) {
                    isMore = true;
                }
            };
        }
    }
}
