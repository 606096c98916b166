/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Descriptors;

/** Class files are looked through by the piece, for our annotations' descriptors; one is found wherever it lies, and nothing else is. */
class DescriptorsIT {
    @EveryJdk
    void descriptors_are_found_wherever_they_lie_in_a_class_file(World world) {
        Outcome outcome = Launch.of(world, Descriptors.class).run().succeeded().printed("wrong=0");
        assertThat(outcome.number("asked")).isGreaterThan(1000);
    }
}
