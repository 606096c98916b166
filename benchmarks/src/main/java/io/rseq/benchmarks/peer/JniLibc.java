/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** {@code sched_getcpu} by a plain JNI method (src/main/c/sched_getcpu.c). */
public final class JniLibc {
    static {
        load();
    }

    private JniLibc() {}

    public static native int sched_getcpu();

    @SuppressWarnings("restricted") // System.load, since JDK 24
    private static void load() {
        try (InputStream in = JniLibc.class.getResourceAsStream("libsched_getcpu.so")) {
            Path file = Files.createTempFile("sched_getcpu", ".so");
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            System.load(file.toString());
            Files.delete(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
