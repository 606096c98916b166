/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * The hook's classes as this jar has them, and which methods of theirs woven code may call. An API of another version asks for others. It is
 * the files that are read: reflection would ask a security manager, and {@code check} runs where no hook is defined.
 */
class HookMethods {
    /** The hook that {@code @Woven} without {@code by} means. */
    static final String FIRST = "$Rseq";

    private static final int CALLABLE = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;

    private final Map<String, Set<String>> methods = new HashMap<>();

    /** Whether the hook has that method: name and descriptor. Yes where the class can't be read: then it can't be defined, which is said there. */
    final synchronized boolean has(String hook, String method) {
        if (!hook.equals(FIRST) && !CommitsHook.has(hook)) return false;
        Set<String> found = methods.get(hook);
        if (found == null) {
            try {
                found = read(hook);
            } catch (IOException unreadable) {
                return true;
            }
            methods.put(hook, found);
        }
        return found.contains(method);
    }

    private Set<String> read(String hook) throws IOException {
        Set<String> found = new HashSet<>();
        ClassVisitor collector = new ClassVisitor(ClassWeaver.ASM) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                if ((access & CALLABLE) == CALLABLE) found.add(name + descriptor);
                return null;
            }
        };
        new ClassReader(file(hook))
                .accept(collector, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found;
    }

    /** The class file. */
    byte[] file(String hook) throws IOException {
        String resource = "/hook/" + hook.substring(1) + ".bytes";
        try (InputStream in = HookMethods.class.getResourceAsStream(resource)) {
            if (in == null) throw new FileNotFoundException(resource);
            return in.readAllBytes();
        }
    }
}
