/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

/** A class does not look as an adoption expects it. */
final class LooksOtherwise extends Exception {
    private static final long serialVersionUID = 1;

    /** {@code why}: what is not as expected, for the log. */
    LooksOtherwise(String why) {
        super(why, null, false, false);
    }
}
