/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;

/** {@code rseq-agent.jar}, where this class comes from. */
public final class OwnJar {
    private OwnJar() {}

    /** Null: it is not known, as where the boot loader has the launcher. */
    public static File file() {
        try {
            CodeSource source = OwnJar.class.getProtectionDomain().getCodeSource();
            URL url = source == null ? null : source.getLocation();
            return url == null ? null : new File(url.toURI());
        } catch (URISyntaxException | IllegalArgumentException noFile) {
            return null;
        }
    }
}
