/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Writing with Jackson 3 on 1,000 virtual threads that live. */
@OperationsPerInvocation(JacksonCrowd.THREADS * JacksonCrowd.DOCUMENTS)
public class Jackson3VirtualBenchmark extends Jackson3Crowd {
    @Override
    void write() throws InterruptedException {
        living();
    }
}
