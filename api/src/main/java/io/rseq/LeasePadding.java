/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/** A cache line in front of {@link LeaseFields}: HotSpot lays out the fields of a class behind those of its superclass. */
abstract class LeasePadding {
    long p00, p01, p02, p03, p04, p05, p06, p07;
}
