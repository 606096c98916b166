/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A log file of at most so many bytes. The line that would not fit goes to a new one; the old one gets ".1" at the end of its name, in the
 * place of the one that had it. Where it can't be renamed, it grows on.
 */
final class BoundedFile extends OutputStream {
    private final File file;
    private final long limit;
    private FileOutputStream out;
    private long length;

    BoundedFile(File file, long limit) throws IOException {
        this.file = file;
        this.limit = limit;
        open();
    }

    @Override
    public synchronized void write(byte[] line) throws IOException {
        if (length > 0 && length + line.length > limit) turn();
        out.write(line);
        length += line.length;
    }

    @Override
    public void write(int letter) throws IOException {
        write(new byte[] {(byte) letter});
    }

    private void open() throws IOException {
        out = new FileOutputStream(file, true);
        length = file.length();
    }

    private void turn() throws IOException {
        if (!file.renameTo(new File(file.getPath() + ".1"))) {
            length = 0; // once more when as much came again
            return;
        }
        FileOutputStream old = out;
        open();
        old.close();
    }
}
