/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/**
 * Methods and constructors as other compilers make them, and as a shrinker leaves them: the index arrives in its own parameter and nothing
 * else changes, or the method is refused with a line. On CPU 1, so that an index is no 0 by chance.
 */
class CompilersIT {
    private static final String JAVA = "shapes.JavaShapes";

    @EveryJdk
    void constructors_by_javac_get_the_index_in_its_own_parameter(World world) {
        check(launch(world, JAVA, Compiled.byJavac(world.jdk())).run(), 9);
        check(launch(world, JAVA, Compiled.byJavac(world.jdk(), "-parameters")).run(), 9);
    }

    @EveryJdk
    void constructors_by_ecj_and_ajc_do_or_are_refused(World world) {
        checkAllButOne(world, Compiled.byEcj());
        checkAllButOne(world, Compiled.byAjc());
    }

    @EveryJdk
    void constructors_that_proguard_renamed_do_or_are_refused(World world) {
        checkAllButOne(world, Compiled.shrunk(Compiled.byJavac(Jdk.standard())));
        checkAllButOne(world, Compiled.shrunk(Compiled.byEcj()));
    }

    @EveryJdk
    void methods_of_kotlin_do_and_what_calls_pass_by_is_doubted(World world) {
        Path classes = Compiled.byKotlinc();
        check(launch(world, "shapes.KotlinShapes", classes, "kotlinc").run(), 10);
        assertThat(doubts(world, classes))
                .hasSize(3)
                .anyMatch(line -> line.contains("Doubted.inlined(I)I: Kotlin copies an inline function"))
                .anyMatch(line -> line.contains("Doubted.tail(II)I: it assigns its @CpuIndex parameter"))
                .anyMatch(line -> line.contains("Overriding.overridden(I)I: overrides the @PerCpu method"));
    }

    @EveryJdk
    void methods_of_scala_do(World world) {
        for (String scalac : List.of("scalac2", "scalac3")) {
            Path classes = scalac.equals("scalac2") ? Compiled.byScalac2() : Compiled.byScalac3();
            check(launch(world, "shapes.ScalaShapes", classes, scalac).run(), 8);
            assertThat(doubts(world, classes)).singleElement().asString().contains("Overriding.overridden(I)I");
        }
    }

    @EveryJdk
    void methods_of_groovy_do(World world) {
        Path classes = Compiled.byGroovyc();
        check(launch(world, "shapes.GroovyShapes", classes, "groovyc").run(), 5);
        assertThat(doubts(world, classes)).isEmpty();
    }

    /** The eight that are decided, and the one that is not without the names of parameters or the fields of captured ones. */
    private static void checkAllButOne(World world, Path classes) {
        Outcome outcome = launch(world, JAVA, classes).run().succeeded();
        assertThat(outcome.out())
                .filteredOn(line -> line.matches("\\w+=5,4711,1"))
                .as(outcome.toString())
                .hasSize(8);
        outcome.printed("ambiguous=5,4711,-7").warnedOnceOf("refused shapes.", "one of 2 int parameters");
        assertThat(outcome.exitLine()).containsEntry("woven", "8").containsEntry("unwoven", "1");
    }

    /** All of so many are decided. */
    private static void check(Outcome outcome, int shapes) {
        outcome.succeeded().hadNoWarning();
        assertThat(outcome.out())
                .as(outcome.toString())
                .hasSize(shapes)
                .allMatch(line -> line.matches("\\w+=5,4711,1"));
        assertThat(outcome.exitLine()).containsEntry("unwoven", "0");
    }

    private static List<String> doubts(World world, Path classes) {
        Outcome check =
                AgentJar.command(world.jdk(), "check", classes.toString()).run().succeeded();
        return check.out().stream().filter(line -> line.startsWith("doubt ")).toList();
    }

    private static Launch launch(World world, String main, Path classes) {
        Machine.needsCpu(1);
        return Launch.ofName(world, main, classes).wrapper("taskset", "-c", "1");
    }

    private static Launch launch(World world, String main, Path classes, String compiler) {
        return launch(world, main, classes).classPath(Compiled.jars(compiler));
    }
}
