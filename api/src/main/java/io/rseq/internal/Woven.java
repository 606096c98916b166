/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A static method whose body the agent replaces by a call to its hook's method of the same name and descriptor. Kept at run time, because
 * HotSpot leaves annotations of class retention out of the class file that it shows an agent of a loaded class.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Woven {
    /** The simple name of the hook's class, in {@code java.lang}. */
    String by() default "$Rseq";
}
