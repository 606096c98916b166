/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/** An OSGi framework with the API as one bundle, and {@link Shapes} as another one that imports it. */
public final class Osgi {
    private Osgi() {}

    /** The first argument is the API's jar, the second the framework's folder. */
    public static void main(String[] arguments) throws Exception {
        Framework framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", arguments[1], "org.osgi.framework.storage.clean", "onFirstInit"));
        try {
            run(framework, arguments[0]);
        } finally {
            framework.stop();
            framework.waitForStop(0);
        }
    }

    private static void run(Framework framework, String jar) throws Exception {
        framework.start();
        Bundle api = framework.getBundleContext().installBundle("file:" + jar);
        Bundle user = framework.getBundleContext().installBundle("shapes", bundle());
        api.start();
        user.start();
        Class<?> shapes = user.loadClass(Shapes.class.getName());
        Class<?> cpus = user.loadClass("io.rseq.Cpus");
        System.out.println("own=" + (shapes != Shapes.class && cpus != io.rseq.Cpus.class));
        System.out.println("bundle=" + api.getSymbolicName() + " " + api.getVersion());
        shapes.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }

    private static InputStream bundle() throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "shapes");
        headers.putValue("Import-Package", "io.rseq");
        String folder = Osgi.class.getPackageName().replace('.', '/') + "/";
        File home = new File(Osgi.class.getResource("").toURI());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (File file : home.listFiles()) {
                if (!file.getName().startsWith("Shapes")) continue;
                jar.putNextEntry(new JarEntry(folder + file.getName()));
                Files.copy(file.toPath(), jar);
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
