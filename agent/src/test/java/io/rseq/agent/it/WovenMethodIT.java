/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Bridging;
import io.rseq.agent.it.programs.Indexes;
import io.rseq.agent.it.programs.Redefining;
import io.rseq.agent.it.programs.Shapes;
import java.util.Map;
import java.util.Set;

/** A woven method receives the CPU that it runs on, whatever its shape. */
class WovenMethodIT {
    private static final int CALLS = 100_000;

    /** Shapes whose index is not the CPU. */
    private static final Set<String> OF_ANOTHER_KIND =
            Set.of("concurrencyId", "Cpus.concurrencyId", "node", "Cpus.node");

    @EveryWorld
    void woven_method_gets_exactly_0_under_taskset_c_0(World world) {
        getsExactly(0, world);
    }

    @EveryWorld
    void woven_method_gets_exactly_1_under_taskset_c_1(World world) {
        getsExactly(1, world);
    }

    @EveryWorld
    void every_shape_of_method_is_woven(World world) {
        int cpu = Machine.allowedCpus().length() - 1;
        Outcome outcome = Launch.of(world, Shapes.class)
                .wrapper("taskset", "-c", Integer.toString(cpu))
                .run()
                .succeeded()
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
        assertThat(outcome.startLine()).containsEntry("owner", world.owner()).containsEntry("reader", "raw");
        checkShapes(outcome, cpu);
    }

    @EveryJdk
    void bridge_leads_to_the_index_and_is_not_woven_itself(World world) {
        Outcome outcome = Launch.of(world, Bridging.class).run().succeeded().hadNoWarning();
        assertThat(outcome.number("bridged")).isNotNegative();
        assertThat(outcome.exitLine()).containsEntry("woven", "1").containsEntry("unwoven", "0");
    }

    @EveryJdk
    void method_does_not_grow_when_its_woven_bytes_redefine_it_200_times(World world) {
        Outcome outcome = Launch.of(world, Redefining.class)
                .andAgentJar(AgentJar.of(Redefining.class))
                .run()
                .succeeded()
                .hadNoWarning();
        assertThat(outcome.number("grown")).isZero();
        assertThat(outcome.number("index")).isNotNegative();
        assertThat(outcome.exitLine()).containsEntry("unwoven", "0");
    }

    @EveryJdk
    void without_the_agent_every_index_is_in_range_and_a_parameter_keeps_what_was_passed(World world) {
        Outcome outcome = Launch.of(world, Shapes.class).withoutAgent().run().succeeded();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.number("static")).isEqualTo(-7);
        assertThat(outcome.number("Cpus.index")).isBetween(0L, outcome.number("count") - 1);
        assertThat(outcome.number("Cpus.concurrencyId")).isBetween(0L, outcome.number("count") - 1);
        assertThat(outcome.number("Cpus.node")).isBetween(0L, outcome.number("nodeCount") - 1);
        assertThat(outcome.fact("support")).startsWith("agent=none");
    }

    private static void getsExactly(int cpu, World world) {
        Machine.needsCpu(cpu);
        for (String reader : new String[] {"raw", "jni", "getcpu"}) {
            Launch.of(world, Indexes.class)
                    .agent("reader=" + reader)
                    .wrapper("taskset", "-c", Integer.toString(cpu))
                    .arguments(CALLS)
                    .run()
                    .succeeded()
                    .hadNoWarning()
                    .printed("indexes={" + cpu + "}");
        }
    }

    /** Asserts that every shape printed the index that it must have. */
    static void checkShapes(Outcome outcome, int cpu) {
        for (Map.Entry<String, Integer> shape : shapes(outcome).entrySet()) {
            if (!OF_ANOTHER_KIND.contains(shape.getKey()))
                assertThat(shape.getValue())
                        .as("%s of %s", shape.getKey(), outcome)
                        .isEqualTo(cpu);
        }
        assertThat(outcome.number("concurrencyId")).isBetween(0L, outcome.number("count") - 1);
        assertThat(outcome.number("Cpus.concurrencyId")).isBetween(0L, outcome.number("count") - 1);
        assertThat(outcome.number("node")).isBetween(0L, outcome.number("nodeCount") - 1);
        assertThat(outcome.number("Cpus.node")).isBetween(0L, outcome.number("nodeCount") - 1);
        assertThat(outcome.fact("support")).startsWith("agent=loaded ");
    }

    private static Map<String, Integer> shapes(Outcome outcome) {
        Map<String, Integer> shapes = new java.util.LinkedHashMap<>();
        for (String name : Shapes.indexes().keySet()) shapes.put(name, (int) outcome.number(name));
        return shapes;
    }
}
