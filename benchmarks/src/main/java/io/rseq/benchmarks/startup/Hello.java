/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

/** The least that an application can be. Nothing is annotated. */
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
