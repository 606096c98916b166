/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/** Has an MBean server of its own, and never asks for the platform's. */
public final class Unmanaged {
    private static final int LOOKS_OF_THE_AGENT_MS = 3000;

    private Unmanaged() {}

    public static void main(String[] arguments) throws Exception {
        MBeanServer own = MBeanServerFactory.createMBeanServer("own");
        Thread.sleep(LOOKS_OF_THE_AGENT_MS);
        System.out.println("servers=" + MBeanServerFactory.findMBeanServer(null).size());
        System.out.println("registered=" + own.isRegistered(new ObjectName("io.rseq:type=Agent")));
    }
}
