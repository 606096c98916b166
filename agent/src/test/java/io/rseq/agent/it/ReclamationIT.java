/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Reclaimed;

/** Nothing of ours keeps alive what the application let go of. */
class ReclamationIT {
    /** The last loader's frames may still hold it. */
    private static final long LOADERS_AT_LEAST = 11;

    @EveryJdk
    void structures_and_their_class_loaders_go_when_nobody_has_them(World world) {
        Outcome outcome = Launch.of(world, Reclaimed.class)
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .printed("given.back=true");
        assertThat(outcome.number("loaders")).as(outcome.toString()).isGreaterThanOrEqualTo(LOADERS_AT_LEAST);
    }
}
