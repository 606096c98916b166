/** HdrHistogram's recorder by CPU. */
package io.rseq.hdrhistogram;
