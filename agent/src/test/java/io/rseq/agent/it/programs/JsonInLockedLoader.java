/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Jackson 2, whose jar is the argument, in a class loader that locks itself while it loads. Waits until its default pool is the agent's. */
public final class JsonInLockedLoader {
    private JsonInLockedLoader() {}

    /** As it says nothing of being parallel capable, it is not. */
    private static final class Locked extends URLClassLoader {
        Locked(URL... urls) {
            super(urls, ClassLoader.getPlatformClassLoader());
        }
    }

    public static void main(String[] arguments) throws Exception {
        ClassLoader loader = new Locked(Path.of(arguments[0]).toUri().toURL());
        Method pool = Class.forName("com.fasterxml.jackson.core.util.JsonRecyclerPools", true, loader)
                .getMethod("defaultPool");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!name(pool).startsWith("$Rseq") && System.nanoTime() < end) Thread.sleep(10);
        System.out.println("default=" + name(pool));
    }

    private static String name(Method pool) throws ReflectiveOperationException {
        String name = pool.invoke(null).getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
