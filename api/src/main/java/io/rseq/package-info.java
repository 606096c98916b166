/**
 * Per-CPU data for Java.
 *
 * <p>Annotate a method {@link io.rseq.PerCpu} and it receives the index of the CPU that it runs on; ask {@link io.rseq.Cpus} for it
 * anywhere else. With {@code -javaagent:rseq-agent.jar} the index comes from the thread's restartable-sequences area ({@code rseq(2)},
 * Linux 4.18) in less than a nanosecond; without the agent, or on another system, the same code runs unaccelerated.
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.rseq;

import org.jspecify.annotations.NullMarked;
