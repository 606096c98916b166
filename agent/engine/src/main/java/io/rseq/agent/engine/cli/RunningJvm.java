/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.OwnJar;
import io.rseq.agent.engine.StatusAnswer;
import io.rseq.agent.engine.report.Reason;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Another JVM on this machine, through the attach API. By reflection: the module jdk.attach belongs to the application's class loader, and
 * a JDK that was cut down may lack it.
 */
final class RunningJvm {
    private static final String VIRTUAL_MACHINE = "com.sun.tools.attach.VirtualMachine";

    private final String pid;

    RunningJvm(String pid) {
        this.pid = pid;
    }

    /** What the agent there has in force, its totals and its threads; why it did not start; that it is absent; empty where it can't answer. */
    String status() throws IOException {
        Path answer = createFile();
        try {
            load(StatusAnswer.ONCE + answer);
            return Files.readString(answer);
        } finally {
            Files.delete(answer);
        }
    }

    /** Whether an agent that is in force answered so. */
    static boolean isLoaded(String status) {
        return !status.isEmpty() && !status.equals(StatusAnswer.ABSENT) && !status.startsWith(StatusAnswer.FAILED);
    }

    /** Why it is not; null where no answer says so. */
    static String failure(String status) {
        return status.startsWith(StatusAnswer.FAILED) ? status.substring(StatusAnswer.FAILED.length()) : null;
    }

    boolean isAlive() {
        return Files.exists(Path.of("/proc", pid));
    }

    /** Loads the agent there, and returns when its agentmain has. */
    void load(String options) throws IOException {
        try {
            Class<?> type = Class.forName(VIRTUAL_MACHINE, true, ClassLoader.getSystemClassLoader());
            Object machine = attach(type);
            try {
                Method load = type.getMethod("loadAgent", String.class, String.class);
                load.invoke(machine, OwnJar.file().getAbsolutePath(), options);
            } finally {
                type.getMethod("detach").invoke(machine);
            }
        } catch (ClassNotFoundException none) {
            throw new IOException("this Java has no jdk.attach module; run the command with a JDK", none);
        } catch (InvocationTargetException failure) {
            throw new IOException(
                    "can't load the agent into " + pid + ": "
                            + failure.getCause().getMessage() + "; its stderr may say why",
                    failure.getCause());
        } catch (ReflectiveOperationException failure) {
            throw new IOException("can't attach to " + pid + ": " + failure, failure);
        }
    }

    private Object attach(Class<?> type) throws IOException, ReflectiveOperationException {
        try {
            return type.getMethod("attach", String.class).invoke(null, pid);
        } catch (InvocationTargetException failure) {
            throw new IOException(
                    "can't attach to " + pid + ": " + failure.getCause().getMessage()
                            + "; is it a JVM of this user, started without -XX:+DisableAttachMechanism?",
                    failure.getCause());
        }
    }

    private static Path createFile() throws IOException {
        try {
            return Files.createTempFile("rseq-status-", ".txt");
        } catch (IOException failure) {
            throw new IOException(
                    "can't make a file for the answer in " + System.getProperty("java.io.tmpdir") + ": "
                            + Reason.of(failure) + "; set -Djava.io.tmpdir to another folder",
                    failure);
        }
    }
}
