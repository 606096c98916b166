/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuBuffer;
import io.rseq.internal.Commits;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/** What is no longer reachable goes: per-CPU memory, and class loaders with structures in static fields. */
public final class Reclaimed {
    private static final int LOADERS = 12;
    private static final int BUFFERS = 12;
    private static final int COLLECTIONS = 400;

    private Reclaimed() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("committer=" + Cpus.support().committer());
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < LOADERS; i++) loaders.add(new WeakReference<>(usedAndGone()));
        System.out.println("loaders=" + collected(loaders));
        System.out.println("allocated=" + Commits.allocated());
        long before = Commits.allocated();
        for (int i = 0; i < BUFFERS; i++) new PerCpuBuffer(1 << 20);
        boolean taken = Commits.allocated() > before;
        for (int i = 0; i < COLLECTIONS && Commits.allocated() > before; i++) collect();
        System.out.println("given.back=" + (taken && Commits.allocated() <= before));
    }

    private static ClassLoader usedAndGone() throws Exception {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++)
            urls[i] = new File(entries[i]).toURI().toURL();
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object sum = loader.loadClass(StaticStructures.class.getName())
                    .getMethod("use")
                    .invoke(null);
            if (!sum.equals(1L)) throw new IllegalStateException("sum=" + sum);
            return loader;
        }
    }

    private static int collected(List<WeakReference<ClassLoader>> loaders) throws InterruptedException {
        int gone = 0;
        // the last one's frames may still hold it
        for (int i = 0; i < COLLECTIONS && gone < loaders.size() - 1; i++) {
            collect();
            gone = (int) loaders.stream().filter(loader -> loader.get() == null).count();
        }
        return gone;
    }

    private static void collect() throws InterruptedException {
        System.gc();
        Thread.sleep(25);
    }
}
