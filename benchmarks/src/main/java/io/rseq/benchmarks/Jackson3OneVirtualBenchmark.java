/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Writing with Jackson 3, a virtual thread for each document. */
@OperationsPerInvocation(JacksonCrowd.THREADS)
public class Jackson3OneVirtualBenchmark extends Jackson3Crowd {
    @Override
    void write() throws InterruptedException {
        one();
    }
}
