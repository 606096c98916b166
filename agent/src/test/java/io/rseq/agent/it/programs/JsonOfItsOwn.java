/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** Runs {@link JsonDocuments} in two class loaders, each of which has its own Jackson: the arguments are the program and Jackson's jar. */
public final class JsonOfItsOwn {
    private JsonOfItsOwn() {}

    public static void main(String[] arguments) throws Exception {
        URL[] urls = {
            JsonOfItsOwn.class.getProtectionDomain().getCodeSource().getLocation(),
            Path.of(arguments[1]).toUri().toURL()
        };
        WeakReference<?> first = runIn(urls, arguments[0]);
        runIn(urls, arguments[0]);
        for (int i = 0; i < 1000 && first.get() != null; i++) {
            System.gc();
            Thread.sleep(10); // a compiler may hold what it compiles
        }
        System.out.println("collected=" + (first.get() == null));
    }

    /** On a thread that ends, as Jackson 2's own pool leaves a recycler in a ThreadLocal. */
    private static WeakReference<?> runIn(URL[] urls, String program) throws Exception {
        ClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        Method main = loader.loadClass(program).getMethod("main", String[].class);
        FutureTask<Object> task = new FutureTask<>(() -> main.invoke(null, (Object) new String[0]));
        Thread thread = new Thread(task);
        thread.start();
        task.get();
        thread.join();
        return new WeakReference<>(loader);
    }
}
