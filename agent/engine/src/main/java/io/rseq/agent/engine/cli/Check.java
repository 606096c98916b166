/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.adopt.Adoptable;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.ClassReport;
import io.rseq.agent.engine.weave.Overrides;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import picocli.CommandLine;

/** Lists the {@code @PerCpu} methods of a jar or a folder, what is wrong with them, and the classes that {@code adopt=} reroutes. */
@CommandLine.Command(
        name = "check",
        description =
                "Lists the @PerCpu methods in jars, nested ones too, and in folders, what is wrong with them, and the classes that adopt= reroutes.",
        mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {
    private static final byte[] MAGIC = {'P', 'K'};

    @CommandLine.Parameters(
            arity = "1..*",
            paramLabel = "JAR",
            description = "jars, or folders of classes and jars, to look into")
    private File[] places;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final Overrides overrides = new Overrides();
    private int methods;
    private int refusals;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        for (File place : places) {
            boolean folder = place.isDirectory();
            try {
                if (folder) lookIntoFolder(place.toPath(), out);
                else lookIntoJar(place, out);
            } catch (IOException unreadable) {
                throw new IOException(
                        place + " can't be read" + (folder ? "" : " as a jar") + ": " + Reason.of(unreadable),
                        unreadable);
            }
        }
        for (String override : overrides.found()) out.println("doubt   " + override);
        out.println(methods + " methods can be woven, " + refusals + " can't");
        return refusals == 0 ? 0 : Command.EXIT_DEGRADED;
    }

    private void lookIntoJar(File jar, PrintWriter out) throws IOException {
        try (ZipFile zip = new ZipFile(jar)) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                try (InputStream in = zip.getInputStream(entry)) {
                    look(entry.getName(), in, out);
                }
            }
        }
    }

    private void lookIntoFolder(Path folder, PrintWriter out) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
        for (Path file : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                look(folder.relativize(file).toString(), in, out);
            }
        }
    }

    private void look(String name, InputStream in, PrintWriter out) throws IOException {
        if (name.endsWith(".class")) {
            byte[] file = in.readAllBytes();
            overrides.saw(file);
            report(ClassReport.of(name, file), out);
            String adoptable = Adoptable.line(file);
            if (adoptable != null) out.println("adopt   " + adoptable);
        } else if (isArchive(name)) {
            try {
                lookInto(in, out);
            } catch (IOException | IllegalArgumentException damaged) {
                // the latter for an entry's name that is no UTF-8
                out.println("refused " + name + ": can't be read as a jar: " + Reason.of(damaged));
                refusals++;
            }
        }
    }

    private void lookInto(InputStream in, PrintWriter out) throws IOException {
        PushbackInputStream archive = new PushbackInputStream(in, MAGIC.length);
        byte[] magic = archive.readNBytes(MAGIC.length);
        // the stream would find it empty
        if (!Arrays.equals(magic, MAGIC)) throw new IOException("it does not begin like one");
        archive.unread(magic);
        ZipInputStream nested = new ZipInputStream(archive);
        for (ZipEntry entry = nested.getNextEntry(); entry != null; entry = nested.getNextEntry()) {
            look(entry.getName(), nested, out);
        }
    }

    private static boolean isArchive(String name) {
        return name.endsWith(".jar") || name.endsWith(".war") || name.endsWith(".ear") || name.endsWith(".rar");
    }

    private void report(ClassReport report, PrintWriter out) {
        for (String method : report.methods()) out.println("ok      " + method);
        for (String doubt : report.doubts()) out.println("doubt   " + doubt);
        for (String refusal : report.refusals()) out.println("refused " + refusal);
        methods += report.methods().size();
        refusals += report.refusals().size();
    }
}
