/** A pool of Jackson 2's buffers by CPU. */
package io.rseq.jackson;
