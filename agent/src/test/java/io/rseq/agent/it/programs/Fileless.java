/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/**
 * Many classes without a file, as another agent or a framework generates them. Some are of a loader that sees the API, and are annotated; some
 * of one that sees nothing but the JDK. Made by an agent that comes before ours, or, with an argument, by an application that waits for a line on
 * stdin.
 */
public final class Fileless {
    public static final int ANNOTATED = 600;
    public static final int PLAIN = 150;

    /** The agent's option that has the JVM refuse one annotated class whenever it is retransformed. */
    public static final String SPOILING = "spoiling";

    private static final List<Class<?>> CLASSES = new ArrayList<>();
    private static final Blind BLIND = new Blind();

    private Fileless() {}

    /** Copied under other names of the same length. */
    public static final class Copied000 {
        @PerCpu
        public static int index(@CpuIndex int cpu) {
            return cpu;
        }
    }

    /** The same. */
    public static final class Simple000 {
        public static int index(int cpu) {
            return cpu;
        }
    }

    private static final class Seeing extends ClassLoader {
        Seeing() {
            super(Fileless.class.getClassLoader());
        }

        Class<?> define(byte[] file) {
            return defineClass(null, file, 0, file.length);
        }
    }

    private static final class Blind extends ClassLoader {
        private int classes;
        private int files;

        Blind() {
            super(getPlatformClassLoader());
        }

        Class<?> define(byte[] file) {
            return defineClass(null, file, 0, file.length);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.rseq.")) classes++;
            return super.loadClass(name, resolve);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            files++;
            return super.getResourceAsStream(name);
        }
    }

    /** Renames a method of one class, which the JVM refuses in a class that is loaded. */
    private static final class Spoiler implements ClassFileTransformer {
        @Override
        public byte[] transform(
                ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
            boolean spoiled = redefined != null && redefined == CLASSES.get(ANNOTATED / 3);
            return spoiled ? replaced(file, "index", "xedni") : null;
        }
    }

    public static void premain(String options, Instrumentation instrumentation) throws IOException {
        define();
        if (SPOILING.equals(options)) instrumentation.addTransformer(new Spoiler(), true);
    }

    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        if (arguments.length > 0) {
            define();
            System.out.println("ready");
            try (Scanner in = new Scanner(System.in)) {
                in.nextLine();
            }
        }
        int woven = 0;
        for (Class<?> type : CLASSES.subList(0, ANNOTATED))
            if ((Integer) type.getMethod("index", int.class).invoke(null, Shapes.NOT_WOVEN) >= 0) woven++;
        System.out.println("woven=" + woven);
        System.out.println("asked.for.classes=" + BLIND.classes);
        System.out.println("asked.for.files=" + BLIND.files);
    }

    private static void define() throws IOException {
        Seeing seeing = new Seeing();
        for (int i = 1; i <= ANNOTATED; i++) CLASSES.add(seeing.define(copy("Copied000", i)));
        for (int i = 1; i <= PLAIN; i++) CLASSES.add(BLIND.define(copy("Simple000", i)));
    }

    private static byte[] copy(String name, int number) throws IOException {
        byte[] file;
        try (InputStream in = Fileless.class.getResourceAsStream("Fileless$" + name + ".class")) {
            file = in.readAllBytes();
        }
        return replaced(file, name, name.substring(0, name.length() - 3) + (100 + number));
    }

    private static byte[] replaced(byte[] file, String text, String other) {
        return new String(file, StandardCharsets.ISO_8859_1)
                .replace(text, other)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
