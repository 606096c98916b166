/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * A cache line in front of the fields of a subclass, which HotSpot lays out behind those of its superclass. For what several CPUs write, each its
 * own of it: objects that lie side by side on the heap share lines else, and the CPUs take them from each other all the time. The line behind
 * the fields comes likewise, with a subclass.
 */
public abstract class LinePadding {
    long p00, p01, p02, p03, p04, p05, p06, p07;
}
