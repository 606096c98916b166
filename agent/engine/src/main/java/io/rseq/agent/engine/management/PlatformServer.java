/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.management;

import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/**
 * The application's platform MBean server. It is never made here, and ManagementFactory, which would make it and holds a lock meanwhile, is
 * never asked for it: among the servers that exist, it is the one that has the runtime's own bean. Not loaded before there is a server.
 */
public final class PlatformServer {
    private static final String RUNTIME = "java.lang:type=Runtime";
    private static final String AGENT = "io.rseq:type=Agent";

    private PlatformServer() {}

    /** Registers the agent's bean. False: there is no platform server yet. */
    public static boolean register(PerCpuTransformer transformer) {
        try {
            ObjectName runtime = new ObjectName(RUNTIME);
            for (MBeanServer server : MBeanServerFactory.findMBeanServer(null)) {
                if (!server.isRegistered(runtime)) continue;
                server.registerMBean(new AgentBean(transformer), new ObjectName(AGENT));
                return true;
            }
            return false;
        } catch (Throwable failure) { // a server may be an application's own
            LineLogger.LOG.warn("{} can't be registered: {}; status PID shows the same", AGENT, Reason.named(failure));
            return true;
        }
    }
}
