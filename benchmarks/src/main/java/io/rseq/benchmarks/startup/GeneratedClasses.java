/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * Writes a jar of classes that differ in their names alone: each the class file of a template whose name ends in 000000, with these six
 * digits replaced wherever the name stands. As many bytes as before, so nothing else of the file changes.
 */
public final class GeneratedClasses {
    private static final String DIGITS = "000000";
    private static final int FIRST = 100_001;

    private GeneratedClasses() {}

    /** Template, such as Plain; how many; the jar. */
    public static void main(String[] arguments) throws IOException {
        String template = arguments[0];
        int count = Integer.parseInt(arguments[1]);
        byte[] file;
        try (InputStream in = GeneratedClasses.class.getResourceAsStream(template + DIGITS + ".class")) {
            file = in.readAllBytes();
        }
        String folder = GeneratedClasses.class.getPackageName().replace('.', '/') + '/';
        Path jar = Path.of(arguments[2]);
        Path unfinished = jar.resolveSibling(jar.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(unfinished);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.setLevel(Deflater.NO_COMPRESSION); // what inflating costs is none of the class loading's
            for (int i = 0; i < count; i++) {
                String name = template + (FIRST + i);
                entries.putNextEntry(new ZipEntry(folder + name + ".class"));
                entries.write(named(file, template + DIGITS, name));
                entries.closeEntry();
            }
        }
        Files.move(unfinished, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] named(byte[] file, String template, String name) {
        String bytes = new String(file, StandardCharsets.ISO_8859_1);
        return bytes.replace(template, name).getBytes(StandardCharsets.ISO_8859_1);
    }
}
