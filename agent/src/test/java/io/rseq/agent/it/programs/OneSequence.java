/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.internal.Commits;
import java.lang.reflect.Field;

/** Says whether the hook has a handle that takes an array, so that a sequence can copy a record's bytes before it commits them. */
public final class OneSequence {
    private OneSequence() {}

    private static boolean takesArrays() throws ReflectiveOperationException {
        try {
            Field handle = Class.forName("java.lang.$RseqCalls").getDeclaredField("append");
            handle.setAccessible(true);
            return handle.get(null) != null;
        } catch (NoSuchFieldException on17) {
            return false;
        }
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        System.out.println("available=" + Commits.available());
        System.out.println("arrays=" + takesArrays());
    }
}
