/** A queue by CPU for the recycler of Log4j's JSON Template Layout. */
package io.rseq.log4j;
