/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Writing with Jackson 2 on 1,000 virtual threads that live. */
@OperationsPerInvocation(JacksonCrowd.THREADS * JacksonCrowd.DOCUMENTS)
public class JacksonVirtualBenchmark extends Jackson2Crowd {
    @Override
    void write() throws InterruptedException {
        living();
    }
}
