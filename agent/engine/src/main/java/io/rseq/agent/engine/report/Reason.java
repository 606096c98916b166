/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file can't be had, in words: the message of a {@link FileSystemException} alone is often nothing but the file's name. */
public final class Reason {
    private Reason() {}

    public static String of(IOException failure) {
        if (failure instanceof NoSuchFileException) return "no such file";
        if (failure instanceof AccessDeniedException) return "permission denied";
        if (!(failure instanceof FileSystemException)) return failure.getMessage();
        String reason = ((FileSystemException) failure).getReason();
        return reason == null ? failure.toString() : reason;
    }
}
