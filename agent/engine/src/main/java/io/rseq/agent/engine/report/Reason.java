/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Why something failed, in words and in one line. The message of a {@link FileSystemException} alone is often nothing but the file's name,
 * and some have none, or their cause's alone.
 */
public final class Reason {
    private Reason() {}

    /** The same after the failure's name, where that says more than the message; of what reflection and initialisers wrap. */
    public static String named(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause.toString().strip().replaceAll("\\s+", " ");
    }

    public static String of(Throwable failure) {
        if (failure instanceof NoSuchFileException) return "no such file";
        if (failure instanceof AccessDeniedException) return "permission denied";
        String reason = failure instanceof FileSystemException
                ? ((FileSystemException) failure).getReason()
                : failure.getMessage();
        if (reason == null && failure.getCause() != null) return of(failure.getCause());
        return reason == null || reason.isBlank()
                ? failure.toString()
                : reason.strip().replaceAll("\\s+", " ");
    }
}
