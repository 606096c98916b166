/** Structures as counters and histograms of Prometheus' client. */
package io.rseq.prometheus;
