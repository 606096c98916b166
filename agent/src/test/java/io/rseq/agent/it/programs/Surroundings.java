/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.management.ManagementFactory;
import java.util.TreeMap;

/** What an application can see of the process that it runs in: its properties, its class path, its modules and threads. */
public final class Surroundings {
    private Surroundings() {}

    public static void main(String[] arguments) {
        TreeMap<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames())
            properties.put(name, System.getProperty(name).replace("\n", "\\n"));
        properties.forEach((name, value) -> System.out.println("property " + name + "=" + value));
        System.out.println(
                "loader " + ClassLoader.getSystemClassLoader().getClass().getName());
        System.out.println("context "
                + Thread.currentThread().getContextClassLoader().getClass().getName());
        System.out.println("boot.modules "
                + new java.util.TreeSet<>(ModuleLayer.boot().modules().stream()
                        .map(Module::getName)
                        .toList()));
        System.out.println(
                "java.lang.open " + Object.class.getModule().isOpen("java.lang", Surroundings.class.getModule()));
        System.out.println("boot.class.path "
                + (ManagementFactory.getRuntimeMXBean().isBootClassPathSupported()
                        ? ManagementFactory.getRuntimeMXBean().getBootClassPath()
                        : "none"));
        for (String name : new String[] {
            "com.sun.jna.Native",
            "org.slf4j.LoggerFactory",
            "net.bytebuddy.ByteBuddy",
            "net.bytebuddy.jar.asm.ClassReader",
            "picocli.CommandLine",
            "io.rseq.agent.engine.Engine"
        }) System.out.println("sees " + name + "=" + isVisible(name));
    }

    private static boolean isVisible(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException hidden) {
            return false;
        }
    }
}
