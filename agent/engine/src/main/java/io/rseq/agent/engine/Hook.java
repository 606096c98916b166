/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;

/**
 * Defines {@code java.lang.$Rseq} into {@code java.base} and has it load the native library.
 *
 * <p>{@code java.lang} is opened to the engine's own unnamed module and to no other, so that the application's reflection meets the same
 * closed doors as without the agent. The bootstrap class path stays as it is: appending to it would switch off class-data sharing.
 */
final class Hook {
    private static final String BYTES = "/hook/Rseq.bytes";

    private Hook() {}

    /** Defines the class, and initialises nothing of it. */
    static void define(Instrumentation instrumentation) throws Exception {
        Module base = Object.class.getModule();
        Set<Module> engine = Set.of(Hook.class.getModule());
        instrumentation.redefineModule(base, Set.of(), Map.of(), Map.of("java.lang", engine), Set.of(), Map.of());
        MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup()).defineClass(read());
    }

    /** Has it load the native library. */
    static void open(String libraryPath) throws NativeLibraryFile.Unavailable {
        try {
            $Rseq.open(libraryPath);
        } catch (UnsatisfiedLinkError failure) {
            throw new NativeLibraryFile.Unavailable("can't load " + libraryPath + ": " + failure.getMessage()
                    + "; if its folder is mounted noexec, set native.tmpdir to another");
        }
    }

    private static byte[] read() throws IOException {
        try (InputStream in = Hook.class.getResourceAsStream(BYTES)) {
            return in.readAllBytes();
        }
    }
}
