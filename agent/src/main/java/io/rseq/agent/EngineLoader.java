/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * The engine's class loader: ByteBuddy, JNA, SLF4J and our own engine, unrelocated, from a folder inside the agent's jar where no
 * other loader looks. Its parent is the platform loader, so it neither sees nor shows anything of the application, which may use other
 * versions of all three.
 *
 * <p>The engine and the log lie there class by class. The larger libraries are archives of their own in {@code lib/}, read whole when
 * their first class is asked for: a jar's directory is parsed at every start, whatever is used of it.
 *
 * <p>All of them are of the launcher's own protection domain: what a security policy grants the jar, it grants them.
 */
final class EngineLoader extends ClassLoader {
    private static final String FOLDER = "META-INF/rseq/engine/";

    /** Packages, and the archive that holds them; none: the folder itself. Asked here before the parent, which has none of them. */
    private static final String[][] OURS = {
        {"io.rseq.agent.", null},
        {"org.slf4j.", null},
        {"net.bytebuddy.", "lib/byte-buddy.jar"},
        {"com.sun.jna.", "lib/jna.jar"},
        {"picocli.", "lib/picocli.jar"},
    };

    static {
        registerAsParallelCapable();
    }

    private static EngineLoader loader;

    private final ProtectionDomain domain;
    private final File jar;
    private final ZipFile zip;
    private final Map<String, Map<String, byte[]>> archives = new HashMap<>();

    private EngineLoader(ProtectionDomain domain) throws Exception {
        super("rseq-engine", getPlatformClassLoader());
        this.domain = domain;
        this.jar = jarOf(domain);
        this.zip = new ZipFile(jar);
    }

    /** A new object of a class of the engine's. There is one engine's loader in a process. */
    static synchronized Object instanceOf(String name) throws Exception {
        if (loader == null) loader = new EngineLoader(Launcher.class.getProtectionDomain());
        return Class.forName(name, true, loader).getDeclaredConstructor().newInstance();
    }

    private static File jarOf(ProtectionDomain domain) throws Exception {
        CodeSource source = domain.getCodeSource();
        URL url = source == null ? null : source.getLocation();
        if (url == null) url = jarOfLauncher();
        return url.getPath().indexOf('%') < 0 ? new File(url.getPath()) : new File(url.toURI());
    }

    /** From where the launcher's class file lies: a class of the boot loader, as under -Xbootclasspath/a, has no code source. */
    @SuppressWarnings("deprecation") // the constructors of URL, deprecated in 20; URL.of is 20
    private static URL jarOfLauncher() throws IOException {
        URL file = Launcher.class.getResource("Launcher.class");
        String place = file == null ? "?" : file.toString();
        int end = place.indexOf("!/");
        if (!place.startsWith("jar:file:") || end < 0)
            throw new IOException("Launcher comes from " + place
                    + ", which is no jar file; give -javaagent:rseq-agent.jar, and it on no other class path");
        return new URL(place.substring("jar:".length(), end));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        String[] home = home(name);
        if (home == null) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name, home[1]);
        }
    }

    /** JNA is a named module of this loader: its classes are asked for with the module's name. */
    @Override
    protected Class<?> findClass(String module, String name) {
        try {
            return loadClass(name, false);
        } catch (ClassNotFoundException none) {
            return null;
        }
    }

    @Override
    protected URL findResource(String name) {
        try {
            return zip.getEntry(FOLDER + name) == null ? null : jarUrl(FOLDER + name);
        } catch (MalformedURLException impossible) {
            return null;
        }
    }

    @Override
    protected URL findResource(String module, String name) {
        return findResource(name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL url = findResource(name);
        return url == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(url));
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        try {
            ZipEntry entry = zip.getEntry(FOLDER + name);
            return entry == null ? super.getResourceAsStream(name) : zip.getInputStream(entry);
        } catch (IOException unreadable) {
            return null;
        }
    }

    @SuppressWarnings("deprecation") // the constructors of URL, deprecated in 20; URL.of is 20
    private URL jarUrl(String entry) throws MalformedURLException {
        return new URL("jar:" + jar.toURI() + "!/" + entry);
    }

    private static String[] home(String name) {
        for (String[] ours : OURS) {
            if (name.startsWith(ours[0])) return ours;
        }
        return null;
    }

    private Class<?> define(String name, String archive) throws ClassNotFoundException {
        String file = name.replace('.', '/').concat(".class");
        try {
            byte[] bytes = archive == null ? read(file) : taken(archive, file);
            if (bytes == null) throw new ClassNotFoundException(name);
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }

    private byte[] read(String name) throws IOException {
        ZipEntry entry = zip.getEntry(FOLDER + name);
        if (entry == null) return null;
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** A class is defined once: its bytes are not kept. */
    private byte[] taken(String archive, String file) throws IOException {
        synchronized (archives) {
            Map<String, byte[]> files = archives.get(archive);
            if (files == null) {
                files = unpack(archive);
                archives.put(archive, files);
            }
            return files.remove(file);
        }
    }

    private Map<String, byte[]> unpack(String archive) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream in = new ZipInputStream(zip.getInputStream(zip.getEntry(FOLDER + archive)))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry())
                files.put(entry.getName(), in.readAllBytes());
        }
        return files;
    }
}
