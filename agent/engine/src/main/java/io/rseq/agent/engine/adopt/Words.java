/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import java.util.List;

/** What {@code adopt=} may name. */
public final class Words {
    /** Nothing: the default. */
    public static final String NONE = "none";

    /** All of {@link #ADOPTIONS}. */
    public static final String ALL = "all";

    /** Those that there are. */
    public static final List<String> ADOPTIONS = List.of(Adders.WORD, Jackson.WORD);

    private Words() {}
}
