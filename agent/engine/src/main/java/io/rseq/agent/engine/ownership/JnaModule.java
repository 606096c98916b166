/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes JNA a named module of the engine's class loader and gives that module, and no other, native access, so that the JVM neither warns
 * of it (JEP 472, JDK 24) nor refuses it under {@code --illegal-native-access=deny}.
 */
final class JnaModule {
    private static final String NAME = "com.sun.jna";
    private static final Set<String> PACKAGES = Set.of(NAME, NAME + ".internal", NAME + ".ptr");

    /** What JNA sets for itself when it starts (Native, NativeLibrary); the application's own JNA must not find it set by ours. */
    private static final List<String> PROPERTIES = List.of("jna.loaded", "jna.platform.library.path");

    private JnaModule() {}

    /** Call once, before any class of JNA is loaded. */
    static void define() throws ReflectiveOperationException {
        ClassLoader engine = JnaModule.class.getClassLoader();
        ModuleDescriptor descriptor =
                ModuleDescriptor.newAutomaticModule(NAME).packages(PACKAGES).build();
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(new One(descriptor), ModuleFinder.of(), Set.of(NAME));
        ModuleLayer layer = ModuleLayer.defineModules(configuration, List.of(boot), name -> engine)
                .layer();
        $Rseq.enableNativeAccess(layer.findModule(NAME).orElseThrow());
    }

    /** Runs what starts JNA, leaving the process's properties as they were. */
    static <T> T start(Supplier<T> first) {
        List<String> unset = new ArrayList<>();
        for (String property : PROPERTIES) {
            if (System.getProperty(property) == null) unset.add(property);
        }
        try {
            return first.get();
        } finally {
            for (String property : unset) System.clearProperty(property);
        }
    }

    /** A finder of exactly this module, whose classes the engine's loader knows where to find. */
    private static final class One implements ModuleFinder {
        private final ModuleReference reference;

        One(ModuleDescriptor descriptor) {
            reference = new ModuleReference(descriptor, null) {
                @Override
                public ModuleReader open() {
                    throw new UnsupportedOperationException("classes come from the engine's class loader");
                }
            };
        }

        @Override
        public Optional<ModuleReference> find(String name) {
            return name.equals(NAME) ? Optional.of(reference) : Optional.empty();
        }

        @Override
        public Set<ModuleReference> findAll() {
            return Set.of(reference);
        }
    }
}
