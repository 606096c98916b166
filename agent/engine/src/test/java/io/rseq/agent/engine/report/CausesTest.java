/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.engine.jfr.FlightRecording;
import io.rseq.agent.engine.management.PlatformServer;
import io.rseq.agent.engine.ownership.Journal;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.MBeanRegistrationException;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What could not be joined is said with the cause, not with what wrapped it. */
class CausesTest {
    private static final String BUILDER = "javax.management.builder.initial";

    @TempDir
    Path folder;

    @BeforeEach
    void log() {
        Log.configure(Log.Level.INFO, false, folder.resolve("log").toString(), 0);
    }

    @AfterEach
    void logAsBefore() {
        Log.configure(Log.Level.INFO, false, null, 0);
    }

    @Test
    void a_server_that_takes_no_bean_says_why() throws IOException {
        System.setProperty(BUILDER, Refusing.class.getName());
        MBeanServer server;
        try {
            server = MBeanServerFactory.createMBeanServer();
        } finally {
            System.clearProperty(BUILDER);
        }
        try {
            assertThat(PlatformServer.register(null)).isTrue();
        } finally {
            MBeanServerFactory.releaseMBeanServer(server);
        }
        assertThat(lines())
                .containsExactly(
                        "rseq: WARN io.rseq:type=Agent can't be registered: java.lang.IllegalStateException: why;"
                                + " status PID shows the same");
    }

    /** There is no hook in this JVM: the class that asks for it fails to link, and the cause names the hook. */
    @Test
    void a_recorder_that_can_not_be_joined_says_why() throws IOException {
        new FlightRecording(new Journal(), null).recorderInitialized(null);
        assertThat(lines())
                .containsExactly("rseq: WARN rseq.Transition, rseq.Totals and rseq.Structure can't be recorded:"
                        + " java.lang.ClassNotFoundException: java.lang.$Rseq");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(folder.resolve("log"));
    }

    /** Makes servers that have every bean and take none. */
    public static final class Refusing extends MBeanServerBuilder {
        @Override
        public MBeanServer newMBeanServer(String domain, MBeanServer outer, MBeanServerDelegate delegate) {
            return (MBeanServer) Proxy.newProxyInstance(
                    Refusing.class.getClassLoader(),
                    new Class<?>[] {MBeanServer.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "isRegistered" -> true;
                        case "equals" -> proxy == arguments[0];
                        case "registerMBean" -> throw new MBeanRegistrationException(new IllegalStateException("why"));
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }
    }
}
