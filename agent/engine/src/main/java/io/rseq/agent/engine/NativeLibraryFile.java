/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.Reason;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One of our native libraries as a file that the loader can open: the user's own under {@code native.path}, or unpacked from the jar to
 * {@code native.tmpdir} and deleted again as soon as it is open. Without that option it goes to the first folder of several that can be written and
 * mapped: a hardened container has a root that is read-only, and perhaps no temporary folder.
 */
final class NativeLibraryFile implements AutoCloseable {
    private static final String FOLDER = "/native/";

    private final File file;

    /** What is left to try; null: this is the user's own file. */
    private final Folders folders;

    private NativeLibraryFile(File file, Folders folders) {
        this.file = file;
        this.folders = folders;
    }

    /** There is no such file, for a reason that says what to do. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean permanent;

        /** {@code permanent}: no option changes it. */
        Unavailable(String reason, boolean permanent) {
            super(reason);
            this.permanent = permanent;
        }

        boolean isPermanent() {
            return permanent;
        }
    }

    /** Where to unpack to, and what came of it. */
    private static final class Folders {
        private final List<File> all;
        private boolean jarIsLeft;
        private final StringBuilder reasons = new StringBuilder();
        private int at;

        /** {@code andJar}: at last, the jar's folder. Finding it takes time at the start, and it is hardly ever needed. */
        Folders(List<File> all, boolean andJar) {
            this.all = new ArrayList<>(all);
            jarIsLeft = andJar;
        }

        /** Null: there is no other. */
        File current() {
            if (at == all.size() && jarIsLeft) {
                jarIsLeft = false;
                File jar = OwnJar.file();
                if (jar != null) all.add(jar.getParentFile());
            }
            return at < all.size() ? all.get(at) : null;
        }

        void failed(String reason) {
            reasons.append(at == 0 ? "" : ", ")
                    .append(all.get(at))
                    .append(" (")
                    .append(reason)
                    .append(')');
            at++;
        }

        Unavailable unavailable(String name) {
            return new Unavailable(
                    "can't unpack " + name + " and load it from " + reasons
                            + "; set native.tmpdir to a folder that can be written and is not mounted noexec,"
                            + " or native.path to one that holds it",
                    false);
        }
    }

    /** Returns the library of this name, as the options say. */
    static NativeLibraryFile of(String name, Options options) throws Unavailable {
        String platform = platform();
        if (options.nativePath() != null) return given(options.nativePath(), name);
        return unpacked(name, platform, folders(options));
    }

    /** Returns the same library in the next folder, after the loader refused this file. */
    NativeLibraryFile next(String reason) throws Unavailable {
        String brief = reason.replace(path() + ": ", "");
        if (folders == null)
            throw new Unavailable(
                    "can't load " + path() + ": " + brief
                            + "; correct native.path, or leave it out to use the one in the jar",
                    false);
        folders.failed(brief);
        return unpacked(file.getName(), platform(), folders);
    }

    /** Returns another library from where this one could be loaded. */
    NativeLibraryFile beside(String name) throws Unavailable {
        if (folders == null) return given(file.getParent(), name);
        return unpacked(name, platform(), new Folders(List.of(folders.current()), false));
    }

    String path() {
        return file.getAbsolutePath();
    }

    @Override
    public void close() {
        if (folders == null) return;
        File own = file.getParentFile();
        if (file.delete() && own.delete()) return;
        own.deleteOnExit(); // in reverse order
        file.deleteOnExit();
    }

    /** Not a memory file: memfd_create(2) needs native code, which is what is to be loaded. */
    private static Folders folders(Options options) {
        String own = options.nativeTmpdir();
        if (own != null) return new Folders(List.of(new File(own)), false);
        File temporary = new File(System.getProperty("java.io.tmpdir", "/tmp"));
        return new Folders(List.of(temporary, new File("/dev/shm")), true);
    }

    private static String platform() throws Unavailable {
        String system = System.getProperty("os.name");
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (architecture.equals("amd64")) architecture = "x86-64";
        if (!system.equals("Linux") || !(architecture.equals("x86-64") || architecture.equals("aarch64"))) {
            throw new Unavailable(
                    "no rseq on " + system + " " + architecture + ": Linux on x86-64 or aarch64 is needed", true);
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
                    "native.path=" + path + " holds no " + name + "; leave the option out to use the one in the jar",
                    false);
        if (!file.canRead())
            throw new Unavailable("native.path=" + path + ": " + name + " can't be read; check its permissions", false);
        return new NativeLibraryFile(file, null);
    }

    private static NativeLibraryFile unpacked(String name, String platform, Folders folders) throws Unavailable {
        byte[] bytes = null;
        for (File folder = folders.current(); folder != null; folder = folders.current()) {
            File file = null;
            try {
                if (bytes == null) bytes = read(name, platform);
                file = create(folder, name);
                try (OutputStream out = new FileOutputStream(file)) {
                    out.write(bytes);
                }
                return new NativeLibraryFile(file, folders);
            } catch (IOException failure) {
                if (file != null) new NativeLibraryFile(file, folders).close();
                folders.failed(Reason.of(failure));
            }
        }
        throw folders.unavailable(name);
    }

    private static byte[] read(String name, String platform) throws IOException, Unavailable {
        try (InputStream in = NativeLibraryFile.class.getResourceAsStream(FOLDER + platform + "/" + name)) {
            if (in == null)
                throw new Unavailable(
                        "this rseq-agent.jar was built without " + platform + "/" + name + "; build it on that machine",
                        true);
            return in.readAllBytes();
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
