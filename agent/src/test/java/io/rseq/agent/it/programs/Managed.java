/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.lang.management.ManagementFactory;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** Looks for the agent's bean as a management console does. */
public final class Managed {
    private Managed() {}

    /** With {@code attach} it waits for a line on stdin: the agent comes after the server. Any other argument is a class to be loaded. */
    public static void main(String[] arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        System.out.println("ready");
        for (String argument : arguments) {
            if (argument.equals("attach")) awaitLine();
            else Class.forName(argument);
        }
        ObjectName name = new ObjectName("io.rseq:type=Agent");
        while (!server.isRegistered(name)) Thread.sleep(20); // the launcher's time limit ends this
        CountDownLatch counted = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread named = new Thread(() -> readAndStay(counted, over), "a name with blanks");
        named.start();
        counted.await();
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
            if (attribute.getName().equals("Threads")) continue;
            System.out.println(attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
        }
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

    private static void awaitLine() {
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
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
