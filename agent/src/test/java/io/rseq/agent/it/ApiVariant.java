/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** The API as another version may have it: a folder with its entry points, to stand before the API's jar on the class path. */
enum ApiVariant {
    ANOTHER_LAYOUT(Commits.class) {
        @Override
        Integer layout(Integer ours) {
            return ours + 1;
        }
    },
    /** What had no number: it asks nobody for the agent's, either. */
    WITHOUT_LAYOUT(Commits.class) {
        @Override
        Integer layout(Integer ours) {
            return null;
        }

        @Override
        String descriptor(String name, String ours) {
            return name.equals("layout") || name.equals("commitsByConcurrencyId") ? null : ours;
        }

        @Override
        void add(ClassVisitor to) {
            woven(to, "$RseqMemory", "tryAllocate", "(J)J");
        }
    },
    ONE_COMMIT_MORE(Commits.class) {
        @Override
        void add(ClassVisitor to) {
            woven(to, "$RseqCommits");
        }
    },
    ANOTHER_HOOK_OF_COMMITS(Commits.class) {
        @Override
        void add(ClassVisitor to) {
            woven(to, "$RseqOfTomorrow");
        }
    },
    ANOTHER_DESCRIPTOR(Commits.class) {
        @Override
        String descriptor(String name, String ours) {
            return name.equals("restarts") ? "(I)J" : ours;
        }
    },
    ONE_INDEX_MORE(Hook.class) {
        @Override
        void add(ClassVisitor to) {
            woven(to, "$Rseq");
        }
    };

    private final Class<?> type;

    ApiVariant(Class<?> type) {
        this.type = type;
    }

    /** What LAYOUT is; null: there is none. */
    Integer layout(Integer ours) {
        return ours;
    }

    /** That of a method; null: there is no such method. */
    String descriptor(String name, String ours) {
        return ours;
    }

    void add(ClassVisitor to) {}

    private static void woven(ClassVisitor to, String by) {
        woven(to, by, "tomorrow", "(JJ)J");
    }

    private static void woven(ClassVisitor to, String by, String name, String descriptor) {
        MethodVisitor method = to.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, descriptor, null, null);
        AnnotationVisitor annotation = method.visitAnnotation("Lio/rseq/internal/Woven;", true);
        annotation.visit("by", by);
        annotation.visitEnd();
        method.visitCode();
        method.visitVarInsn(Opcodes.LLOAD, 0);
        method.visitInsn(Opcodes.LRETURN);
        method.visitMaxs(2, 4);
        method.visitEnd();
    }

    Path folder() throws IOException {
        String file = type.getName().replace('.', '/') + ".class";
        Path folder = AgentJar.buildFolder().resolve("api-" + name());
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        try (InputStream in = type.getResourceAsStream('/' + file)) {
            new ClassReader(in).accept(changing(writer), 0);
        }
        Files.createDirectories(folder.resolve(file).getParent());
        Files.write(folder.resolve(file), writer.toByteArray());
        return folder;
    }

    private ClassVisitor changing(ClassWriter writer) {
        return new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
                Object other = name.equals("LAYOUT") ? layout((Integer) value) : value;
                return name.equals("LAYOUT") && other == null
                        ? null
                        : super.visitField(access, name, descriptor, signature, other);
            }

            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                String other = descriptor(name, descriptor);
                return other == null ? null : super.visitMethod(access, name, other, signature, exceptions);
            }

            @Override
            public void visitEnd() {
                add(cv);
                super.visitEnd();
            }
        };
    }
}
