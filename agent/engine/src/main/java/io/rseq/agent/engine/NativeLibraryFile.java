/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.Reason;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Locale;

/**
 * One of our native libraries as a file that the loader can open: the user's own under {@code native.path}, or unpacked from the jar to
 * {@code native.tmpdir} and deleted again as soon as it is open.
 */
final class NativeLibraryFile implements AutoCloseable {
    private static final String FOLDER = "/native/";

    private final File file;
    private final boolean temporary;

    private NativeLibraryFile(File file, boolean temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    /** There is no such file, for a reason that names the mend. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String reason) {
            super(reason);
        }
    }

    static NativeLibraryFile of(String name, Options options) throws Unavailable {
        String platform = platform();
        if (options.nativePath() != null) return given(options.nativePath(), name);
        return unpacked(name, platform, new File(options.nativeTmpdir()));
    }

    String path() {
        return file.getAbsolutePath();
    }

    @Override
    public void close() {
        if (!temporary) return;
        File own = file.getParentFile();
        if (file.delete() && own.delete()) return;
        own.deleteOnExit(); // in reverse order
        file.deleteOnExit();
    }

    private static String platform() throws Unavailable {
        String system = System.getProperty("os.name");
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (architecture.equals("amd64")) architecture = "x86-64";
        if (!system.equals("Linux") || !(architecture.equals("x86-64") || architecture.equals("aarch64"))) {
            throw new Unavailable(
                    "no rseq on " + system + " " + architecture + ": Linux on x86-64 or aarch64 is needed");
        }
        return "linux-" + architecture;
    }

    /* native.path is a folder; a path to the main library itself is understood, too. */
    private static NativeLibraryFile given(String path, String name) throws Unavailable {
        File folder = new File(path);
        if (folder.isFile()) folder = folder.getAbsoluteFile().getParentFile();
        File file = new File(folder, name);
        if (!file.isFile())
            throw new Unavailable(
                    "native.path=" + path + " holds no " + name + "; leave the option out to use the one in the jar");
        if (!file.canRead())
            throw new Unavailable("native.path=" + path + ": " + name + " can't be read; check its permissions");
        return new NativeLibraryFile(file, false);
    }

    private static NativeLibraryFile unpacked(String name, String platform, File folder) throws Unavailable {
        File file = null;
        try (InputStream in = NativeLibraryFile.class.getResourceAsStream(FOLDER + platform + "/" + name)) {
            if (in == null)
                throw new Unavailable("this rseq-agent.jar was built without " + platform + "/" + name
                        + "; build it on that machine");
            byte[] bytes = in.readAllBytes();
            file = create(folder, name);
            try (OutputStream out = new FileOutputStream(file)) {
                out.write(bytes);
            }
            return new NativeLibraryFile(file, true);
        } catch (IOException failure) {
            if (file != null) new NativeLibraryFile(file, true).close();
            throw new Unavailable("can't unpack " + name + " to " + folder + " (" + Reason.of(failure)
                    + "); set native.tmpdir to a folder that can be written, or native.path to one that holds it");
        }
    }

    /**
     * In a folder of its own that only its owner can search: a file alone could be opened by others where the umask lets them write, and be
     * written to until it is loaded. {@code File.createTempFile} would start the security providers for its random name, 30 ms of the
     * application's start, and NIO's permissions cost some, too.
     */
    private static File create(File folder, String name) throws IOException {
        long number = System.nanoTime();
        while (true) {
            File own = new File(folder, "rseq-" + Long.toHexString(number++));
            if (!own.mkdir()) {
                if (own.exists()) continue;
                Files.createDirectory(own.toPath()); // says why not
            }
            own.setExecutable(false, false);
            own.setExecutable(true, true);
            File file = new File(own, name);
            if (file.createNewFile())
                return file; // O_EXCL: never a file, or a link, that somebody else laid there before
        }
    }
}
