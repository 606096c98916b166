/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.util.Locale;

/** What happened to a thread's registration; in the order of the C side's {@code enum transition}. */
enum Transition {
    REGISTERED,
    RELEASED,
    ADOPTED,
    REFUSED,
    REREGISTERED,
    OVERFLOWED;

    private static final Transition[] VALUES = values();

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Transition of(int number) {
        return VALUES[number];
    }
}
