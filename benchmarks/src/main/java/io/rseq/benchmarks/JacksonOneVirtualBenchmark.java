/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Writing with Jackson 2, a virtual thread for each document. */
@OperationsPerInvocation(JacksonCrowd.THREADS)
public class JacksonOneVirtualBenchmark extends Jackson2Crowd {
    @Override
    void write() throws InterruptedException {
        one();
    }
}
