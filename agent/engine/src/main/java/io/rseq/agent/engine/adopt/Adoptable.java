/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.Constants;

/** What {@code check} says of class files that an adoption wants. */
public final class Adoptable {
    private static final Adoption[] ADOPTIONS = {new Adders(), new Jackson()};

    private Adoptable() {}

    /** Returns a line about this class file, such as {@code adopt=jackson reroutes NAME}; null where no adoption wants it. Any thread may call. */
    public static String line(byte[] file) {
        String name = Constants.className(file);
        if (name == null) return null;
        for (Adoption adoption : ADOPTIONS) if (adoption.wants(name)) return line(adoption, name, file);
        return null;
    }

    private static String line(Adoption adoption, String name, byte[] file) {
        String dotted = name.replace('/', '.');
        try {
            adoption.check(name, file);
            return "adopt=" + adoption.word() + " reroutes " + dotted;
        } catch (LooksOtherwise difference) {
            return "adopt=" + adoption.word() + " leaves " + dotted + " as it is: " + difference.getMessage();
        } catch (RuntimeException unreadable) {
            return "adopt=" + adoption.word() + " leaves " + dotted + " as it is: " + Reason.named(unreadable);
        }
    }
}
