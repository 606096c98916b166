/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Osgi;
import io.rseq.agent.it.programs.OwnLoader;
import io.rseq.agent.it.programs.Shapes;
import java.io.File;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.osgi.framework.launch.Framework;

/** Weaving does not depend on whose class loader or module a class is of. */
class ClassLoadersIT {
    private static final String LAST_CPU =
            Integer.toString(Machine.allowedCpus().length() - 1);

    @EveryJdk
    void child_first_loader_with_its_own_api_is_woven(World world) {
        isWoven(world, "child-first");
    }

    @EveryJdk
    void isolated_loader_with_its_own_api_is_woven(World world) {
        isWoven(world, "isolated");
    }

    @EveryJdk
    void osgi_bundle_that_imports_the_api_is_woven(World world) {
        Outcome outcome = Launch.of(world, Osgi.class)
                .classPath(Launch.home(Framework.class))
                .arguments(Launch.api(), AgentJar.buildFolder().resolve("felix"))
                .wrapper("taskset", "-c", LAST_CPU)
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("own=true")
                .printed("bundle=io.rseq 0.1.0.SNAPSHOT");
        WovenMethodIT.checkShapes(outcome, Integer.parseInt(LAST_CPU));
    }

    @EveryJdk
    void boot_class_path_is_woven(World world) {
        WovenMethodIT.checkShapes(
                Launch.of(world, Shapes.class)
                        .jvm("-Xbootclasspath/a:" + Launch.home(Shapes.class) + File.pathSeparator + Launch.api())
                        .wrapper("taskset", "-c", LAST_CPU)
                        .run()
                        .succeeded()
                        .hadNoWarning(),
                Integer.parseInt(LAST_CPU));
    }

    @EveryJdk
    void loader_that_does_not_find_the_hook_keeps_its_classes_as_they_are(World world) {
        Outcome outcome = Launch.of(world, OwnLoader.class)
                .arguments("closed")
                .run()
                .succeeded()
                .printed("static=-7")
                .hadNothingFromTheJvmOnStderr();
        assertThat(outcome.fact("support")).startsWith("agent=none");
        assertThat(outcome.warnings())
                .hasSize(Integer.parseInt(outcome.exitLine().get("unwoven")))
                .anyMatch(line -> line.contains("refused class " + Shapes.class.getName() + ": "))
                .allMatch(line -> line.contains("its class loader does not find java.lang.$Rseq"));
    }

    @EveryJdk
    void named_module_is_woven(World world) {
        Path source = Path.of(System.getProperty("rseq.fixtures"), "modules", "rseq.fixture");
        Path classes = AgentJar.buildFolder().resolve("rseq.fixture");
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--release",
                        "17",
                        "-p",
                        Launch.api().toString(),
                        "-d",
                        classes.toString(),
                        source.resolve("module-info.java").toString(),
                        source.resolve("fixture/Main.java").toString());
        assertThat(result).isZero();
        Launch.ofModule(world, "rseq.fixture/fixture.Main", Launch.api(), classes)
                .wrapper("taskset", "-c", LAST_CPU)
                .run()
                .succeeded()
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr()
                .printed("module=rseq.fixture reads io.rseq")
                .printed("static=" + LAST_CPU)
                .printed("Cpus.index=" + LAST_CPU);
    }

    private static void isWoven(World world, String loader) {
        Outcome outcome = Launch.of(world, OwnLoader.class)
                .arguments(loader)
                .wrapper("taskset", "-c", LAST_CPU)
                .run()
                .succeeded()
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
        WovenMethodIT.checkShapes(outcome, Integer.parseInt(LAST_CPU));
    }
}
