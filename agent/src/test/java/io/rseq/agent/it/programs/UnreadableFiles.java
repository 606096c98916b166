/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Scanner;
import java.util.ServiceConfigurationError;

/** {@link Shapes}, loaded before the agent by a loader that throws an Error when it is asked for a class file. Runs after a line on stdin. */
public final class UnreadableFiles extends ClassLoader {
    private UnreadableFiles() {
        super(UnreadableFiles.class.getClassLoader());
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        Class<?> shapes = new UnreadableFiles().loadClass(Shapes.class.getName());
        if (shapes == Shapes.class) throw new IllegalStateException("not its own");
        shapes.getMethod("indexes").invoke(null);
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        shapes.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        throw new ServiceConfigurationError("unreadable");
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(Shapes.class.getName())) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] file = in.readAllBytes();
            return defineClass(name, file, 0, file.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }
}
