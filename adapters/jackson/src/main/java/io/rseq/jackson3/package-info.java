/** A pool of Jackson 3's buffers by CPU. */
package io.rseq.jackson3;
