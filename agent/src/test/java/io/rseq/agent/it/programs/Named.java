/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.PerCpuCounter;
import io.rseq.PerCpuPool;
import io.rseq.Structures;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.Scanner;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Has two named structures until a line comes, then prints what the agent's bean says of them. */
public final class Named {
    private Named() {}

    public static void main(String[] arguments) throws Exception {
        PerCpuCounter counter = Structures.named("served requests", new PerCpuCounter());
        PerCpuPool<Object> pool = Structures.named(
                "buffers", PerCpuPool.builder(Object::new).maxPooled(5).build());
        counter.add(41);
        pool.lease().close();
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        counter.increment();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("io.rseq:type=Agent");
        while (!server.isRegistered(name)) Thread.sleep(20); // the launcher's time limit ends this
        String structures = server.getAttribute(name, "Structures").toString();
        System.out.println("has.buffers=" + structures.contains("buffers"));
        System.out.println("has.42=" + structures.contains("42"));
        Reference.reachabilityFence(counter);
        Reference.reachabilityFence(pool);
    }
}
