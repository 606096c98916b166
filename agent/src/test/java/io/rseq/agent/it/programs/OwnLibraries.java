/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.reflect.Field;
import java.nio.file.Path;

/** Uses its own JNA, ByteBuddy and SLF4J, whatever version lies on its class path, and prints which these are. */
public final class OwnLibraries {
    private OwnLibraries() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        print("com.sun.jna.Native");
        print("net.bytebuddy.ByteBuddy");
        print("org.slf4j.LoggerFactory");
        Object cpu = Class.forName("com.sun.jna.Function")
                .getMethod("invokeInt", Object[].class)
                .invoke(
                        Class.forName("com.sun.jna.Function")
                                .getMethod("getFunction", String.class, String.class)
                                .invoke(null, "c", "sched_getcpu"),
                        (Object) new Object[0]);
        System.out.println("jna.cpu=" + cpu);
        Field version = Class.forName("com.sun.jna.Native").getField("VERSION"); // of an interface that is not public
        version.setAccessible(true);
        System.out.println("jna.version=" + version.get(null));
        Object logger = Class.forName("org.slf4j.LoggerFactory")
                .getMethod("getLogger", String.class)
                .invoke(null, "application");
        System.out.println("logger=" + logger.getClass().getName());
        Class.forName("org.slf4j.Logger").getMethod("info", String.class).invoke(logger, "from the application");
        System.out.println("woven=" + Shapes.still(Shapes.NOT_WOVEN));
    }

    private static void print(String name) throws ClassNotFoundException {
        String location = Class.forName(name)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        System.out.println(name + "=" + Path.of(location).getFileName());
    }
}
