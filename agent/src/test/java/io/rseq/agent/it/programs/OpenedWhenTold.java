/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.io.IOException;

/** Asks for sequences once a line comes. */
public final class OpenedWhenTold {
    private OpenedWhenTold() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        System.in.read();
        System.out.println("available=" + Commits.available());
        System.out.println("count=" + Cpus.count());
    }
}
