/** Micrometer's timers by CPU, and the figures of the agent. */
package io.rseq.micrometer;
