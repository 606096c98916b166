/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import jdk.internal.misc.Unsafe;

/**
 * Defines {@code java.lang.$Rseq} into {@code java.base} and has it load the native library.
 *
 * <p>The way in is {@code jdk.internal.misc.Unsafe}, exported to the engine's own unnamed module and to no other, so that the application's
 * reflection meets the same closed doors as without the agent. ({@code Lookup.defineClass} would need {@code java.lang} opened, and since 24
 * parses the class once more, in Java.) The bootstrap class path stays as it is: appending to it would switch off class-data sharing.
 */
final class RseqClass {
    private static final String BYTES = "/hook/Rseq.bytes";

    private static boolean defined;

    private RseqClass() {}

    /** Defines the class, once, and initialises nothing of it. */
    static void define(Instrumentation instrumentation) throws Exception {
        if (defined) return;
        Module base = Object.class.getModule();
        Map<String, Set<Module>> toEngine = Map.of("jdk.internal.misc", Set.of(RseqClass.class.getModule()));
        instrumentation.redefineModule(base, Set.of(), toEngine, Map.of(), Set.of(), Map.of());
        byte[] file = read();
        Unsafe.getUnsafe().defineClass("java/lang/$Rseq", file, 0, file.length, null, null);
        defined = true;
    }

    /** Has it load the native library. Returns the file that could be loaded: one in a folder that is mounted noexec can't. */
    static NativeLibraryFile open(NativeLibraryFile library) throws NativeLibraryFile.Unavailable {
        try {
            $Rseq.open(library.path());
            return library;
        } catch (UnsatisfiedLinkError failure) {
            try (NativeLibraryFile next = library.next(failure.getMessage())) {
                return open(next);
            }
        }
    }

    private static byte[] read() throws IOException {
        try (InputStream in = RseqClass.class.getResourceAsStream(BYTES)) {
            return in.readAllBytes();
        }
    }
}
