/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A preloaded library that answers wrongly for glibc, or has an __rseq_abi that can't be one: one clear line, and indexes in range. */
class WrongAnswersIT {
    /** What answers wrongly, and what the warning says of it. */
    private record Liar(String name, String source, List<String> definitions, String warning) {
        boolean isGlibc() {
            return source.equals("faked_glibc");
        }

        Path library() {
            return Fixture.nativePeer("liar-" + name, source, definitions.toArray(String[]::new));
        }
    }

    private static final List<Liar> LIARS = List.of(
            new Liar(
                    "misaligned-offset",
                    "faked_glibc",
                    List.of("FAKED_SIZE=32", "FAKED_OFFSET=36"),
                    "__rseq_offset is 36, no aligned readable area"),
            new Liar(
                    "absurd-size",
                    "faked_glibc",
                    List.of("FAKED_SIZE=0x7fffffff", "FAKED_OFFSET=64"),
                    "__rseq_size is 2147483647, expected 20 to 1024"),
            new Liar(
                    "dead",
                    "faked_glibc",
                    List.of("FAKED_SIZE=32"),
                    "the kernel has no registration of 32 bytes there"),
            new Liar("misaligned-abi", "misaligned_area", List.of(), "__rseq_abi of another library is misaligned"),
            new Liar("small-abi", "small_area", List.of(), "__rseq_abi of another library is smaller than 32 bytes"),
            new Liar("global-abi", "global_area", List.of(), "__rseq_abi of another library is not thread-local"));

    /** A liar in a world. */
    record Case(World world, Liar liar) {
        @Override
        public String toString() {
            return world + " " + liar.name;
        }
    }

    static Stream<Case> cases() {
        return World.all()
                .filter(world -> world.jdk().isStandard() || !world.glibc())
                .flatMap(world -> LIARS.stream().map(liar -> new Case(world, liar)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void library_that_answers_wrongly_is_refused_with_one_line(Case lied) {
        Liar liar = lied.liar;
        Outcome outcome = Launch.of(lied.world, Hello.class)
                .environment("LD_PRELOAD", liar.library().toString())
                .run()
                .succeeded()
                .hadNothingFromTheJvmOnStderr()
                .printed("inRange=true");
        boolean believed = lied.world.glibc() && !liar.isGlibc();
        // glibc did register, but where, nobody can tell any more
        String owner = believed ? "glibc" : lied.world.glibc() ? "unknown" : "agent";
        assertThat(outcome.startLine()).as(outcome.toString()).containsEntry("owner", owner);
        outcome.printed("reader=" + (owner.equals("unknown") ? "getcpu" : "raw"));
        if (believed) outcome.hadNoWarning();
        else outcome.warnedOnceOf(liar.warning);
    }
}
