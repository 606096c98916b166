/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;

/** An application that uses the API and ends well. */
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) {
        int index = Cpus.index();
        System.out.println("hello");
        System.out.println("inRange=" + (index >= 0 && index < Cpus.count()));
        System.out.println("woven=" + Shapes.still(Shapes.NOT_WOVEN));
        System.out.println("reader=" + Cpus.support().reader());
    }
}
