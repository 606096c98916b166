/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A static method whose body the agent replaces by a call to its hook's method of the same name and descriptor.
 *
 * <p>Kept at run time: HotSpot drops every other annotation when it gives the file of a loaded class back for retransformation, and an
 * agent that is attached late would not find it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Woven {}
