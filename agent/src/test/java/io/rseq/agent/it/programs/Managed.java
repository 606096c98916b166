/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.management.ManagementFactory;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** Looks for the agent's bean as a management console does. */
public final class Managed {
    private Managed() {}

    /** With an argument it waits for a line on stdin: the agent comes after the server. */
    public static void main(String[] arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        System.out.println("ready");
        if (arguments.length > 0) {
            try (Scanner in = new Scanner(System.in)) {
                in.nextLine();
            }
        }
        ObjectName name = new ObjectName("io.rseq:type=Agent");
        while (!server.isRegistered(name)) Thread.sleep(20); // the launcher's time limit ends this
        CountDownLatch counted = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread named = new Thread(() -> readAndStay(counted, over), "a name with blanks");
        named.start();
        counted.await();
        for (String attribute : new String[] {
            "Description",
            "Owner",
            "Reader",
            "Committer",
            "Registered",
            "Released",
            "Live",
            "Adopted",
            "Refused",
            "Reregistered",
            "Overflowed",
            "Dropped",
            "Restarts",
            "Woven"
        }) System.out.println(attribute + "=" + server.getAttribute(name, attribute));
        CompositeData[] rows = (CompositeData[]) server.getAttribute(name, "Threads");
        System.out.println("rows=" + rows.length);
        for (CompositeData row : rows) {
            if (!row.get("thread").equals("a name with blanks")) continue;
            for (String column : row.getCompositeType().keySet())
                System.out.println("row." + column + "=" + row.get(column));
        }
        over.countDown();
        named.join();
    }

    private static void readAndStay(CountDownLatch counted, CountDownLatch over) {
        Shapes.still(Shapes.NOT_WOVEN);
        System.out.println("tid=" + Libc.threadId());
        counted.countDown();
        try {
            over.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
