/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

/** Defines class files that are none, made of one that is woven, and prints what the JVM says to each. */
public final class BrokenClassFiles {
    private static final int MAJOR_VERSION_AT = 6;
    private static final int NEWER_BY = 1;
    private static final int FIRST_MAJOR_VERSION = 44;
    private static final int UNKNOWN_MAJOR_VERSION = 222;

    private BrokenClassFiles() {}

    /** Defines what it is given. */
    private static final class Defining extends ClassLoader {
        Class<?> define(String name, byte[] file) {
            return defineClass(name, file, 0, file.length);
        }
    }

    public static void main(String[] arguments) throws IOException {
        String name = Shapes.class.getName();
        byte[] file;
        try (InputStream in = Shapes.class.getResourceAsStream("Shapes.class")) {
            file = in.readAllBytes();
        }
        print("whole", name, file.clone());
        for (int percent = 10; percent < 100; percent += 5)
            print("truncated." + percent, name, java.util.Arrays.copyOf(file, file.length * percent / 100));
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            byte[] garbled = file.clone();
            int flips = 1 + random.nextInt(4);
            for (int flip = 0; flip < flips; flip++)
                garbled[8 + random.nextInt(garbled.length - 8)] ^= (byte) (1 << random.nextInt(8));
            print("garbled." + i, name, garbled);
        }
        byte[] newer = file.clone();
        newer[MAJOR_VERSION_AT] = 0;
        newer[MAJOR_VERSION_AT + 1] =
                (byte) (FIRST_MAJOR_VERSION + Runtime.version().feature() + NEWER_BY);
        print("newer", name, newer);
        byte[] unknown = file.clone();
        unknown[MAJOR_VERSION_AT + 1] = (byte) UNKNOWN_MAJOR_VERSION;
        print("unnamed", null, unknown);
        System.out.println("survived=true");
    }

    private static void print(String what, String name, byte[] file) {
        try {
            Class<?> defined = new Defining().define(name, file);
            System.out.println(what + "=defined");
            System.out.println(what + ".linked=" + linked(defined));
        } catch (LinkageError refused) {
            System.out.println(what + "=" + refused.getClass().getName() + ": " + refused.getMessage());
        }
    }

    /** The kind of error alone: its text counts bytes of the code. */
    private static String linked(Class<?> defined) {
        try {
            Class.forName(defined.getName(), true, defined.getClassLoader());
            return "well";
        } catch (ClassNotFoundException | LinkageError refused) {
            return refused.getClass().getName();
        }
    }
}
