/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.agent.it.programs.LostCarrier;

/** A JDK whose virtual threads are not made as those that the agent knows. */
class LostCarrierIT {
    @EveryJdk
    void virtual_threads_whose_carrier_is_not_found_are_one_warning_and_every_index_is_in_range(World world) {
        Machine.needsVirtualThreads(world);
        Launch.of(world, LostCarrier.class)
                .jvm("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .run()
                .succeeded()
                .printed("outOfRange=0")
                .warnedOnceOf("virtual threads read their index by a native call");
    }
}
