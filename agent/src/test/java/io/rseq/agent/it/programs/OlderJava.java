/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

/** An agent that has its JVM say that it is an older one, to whatever asks after it. No command line can. */
public final class OlderJava {
    private OlderJava() {}

    public static void premain(String version) {
        System.setProperty("java.specification.version", version);
    }
}
