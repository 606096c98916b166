/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Scanner;
import java.util.function.IntSupplier;

/** Classes whose loader gives something else where their class files should be: encrypted ones, or those of other classes. */
public final class OwnResources {
    private OwnResources() {}

    /** What is loaded so. */
    public static final class Woven implements IntSupplier {
        @PerCpu
        private static int index(@CpuIndex int cpu) {
            return cpu;
        }

        @Override
        public int getAsInt() {
            return index(Shapes.NOT_WOVEN);
        }
    }

    /** Decrypts, or renames, while it loads. */
    private static final class Loader extends ClassLoader {
        private final byte[] resource;

        Loader(byte[] resource) {
            super(OwnResources.class.getClassLoader());
            this.resource = resource;
        }

        IntSupplier woven() throws ReflectiveOperationException, IOException {
            byte[] file = file(Woven.class);
            Class<?> type = defineClass(Woven.class.getName(), file, 0, file.length);
            return (IntSupplier) type.getConstructor().newInstance();
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            return new ByteArrayInputStream(resource);
        }
    }

    private static byte[] file(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = OwnResources.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    public static void main(String[] arguments) throws Exception {
        byte[] encrypted = file(Woven.class);
        for (int i = 0; i < encrypted.length; i++) encrypted[i] ^= 0x5A;
        Map<String, IntSupplier> loaded = new LinkedHashMap<>();
        loaded.put("encrypted", new Loader(encrypted).woven());
        loaded.put("renamed", new Loader(file(Hello.class)).woven());
        for (Map.Entry<String, IntSupplier> woven : loaded.entrySet())
            System.out.println(
                    "before." + woven.getKey() + "=" + woven.getValue().getAsInt());
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        for (Map.Entry<String, IntSupplier> woven : loaded.entrySet())
            System.out.println(woven.getKey() + "=" + woven.getValue().getAsInt());
    }
}
