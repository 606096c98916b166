/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.io.IOException;

/** {@link Hello} that stays until its input ends, so that its memory can be looked at. */
public final class IdleHello {
    private IdleHello() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("hello");
        if (System.in.read() >= 0) throw new IllegalStateException("nothing was expected");
    }
}
