/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What it takes to hash a request's body: a digest and a buffer. Too dear to make for each request, and a {@code ThreadLocal} would keep one for
 * each virtual thread: so {@link Service} takes it from a pool.
 */
final class Hasher {
    private static final int CHUNK = 1 << 13;

    private final MessageDigest sha256;
    private final byte[] chunk = new byte[CHUNK];

    Hasher() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) { // every Java platform has it
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads to the end of {@code in}, or until it is past {@code most} bytes; how many it read. Then {@link #hex}. */
    int read(InputStream in, int most) throws IOException {
        sha256.reset(); // the user before may have stopped in the middle
        int total = 0;
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            sha256.update(chunk, 0, read);
            total += read;
            if (total > most) break;
        }
        return total;
    }

    /** The SHA-256 of what was read, hexadecimal. */
    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
