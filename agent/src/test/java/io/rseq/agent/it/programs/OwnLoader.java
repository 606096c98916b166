/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;

/**
 * Runs {@link Shapes} in a class loader of its own: {@code child-first}, {@code isolated} as in OSGi, or {@code closed}, which passes on what the JDK
 * of its day had. All have their own API.
 */
public final class OwnLoader {
    private OwnLoader() {}

    /** Looks for itself first. */
    private static class ChildFirst extends URLClassLoader {
        ChildFirst(URL[] urls) {
            super(urls, OwnLoader.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.rseq.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    /** Knows no class that an agent defines. */
    private static final class Closed extends ChildFirst {
        Closed(URL[] urls) {
            super(urls);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("java.lang.$")) throw new ClassNotFoundException(name);
            return super.loadClass(name, resolve);
        }
    }

    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
        URL[] urls = classPath();
        try (URLClassLoader loader = loader(arguments[0], urls)) {
            Class<?> shapes = loader.loadClass(Shapes.class.getName());
            Class<?> cpus = loader.loadClass("io.rseq.Cpus");
            if (shapes == Shapes.class || cpus.getClassLoader() != loader || cpus == io.rseq.Cpus.class)
                throw new IllegalStateException("not its own");
            Map<?, ?> own = (Map<?, ?>) shapes.getMethod("indexes").invoke(null);
            if (own.isEmpty()) throw new IllegalStateException("no indexes");
            shapes.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }

    private static URLClassLoader loader(String kind, URL[] urls) {
        if (kind.equals("child-first")) return new ChildFirst(urls);
        if (kind.equals("closed")) return new Closed(urls);
        return new URLClassLoader(kind, urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() throws MalformedURLException {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++)
            urls[i] = new File(entries[i]).toURI().toURL();
        return urls;
    }
}
