/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import java.lang.instrument.Instrumentation;

/**
 * Code of others that the agent has take the per-CPU way: what {@code adopt=} names. Each is one file, at whose head stands what it is for, which
 * classes it wants and how they must look, what it puts there, and how it is undone.
 */
interface Adoption {
    /** Its word in {@code adopt=}. */
    String word();

    /**
     * Whether it wants that class, named as in its file. Asked for each class that is loaded, so it compares a name and does no more, and loads nothing
     * of ASM.
     */
    boolean wants(String name);

    /** The same of a class that is loaded, named with dots; where most names end the comparison at once, a start with many classes is the faster. */
    default boolean wantsLoaded(String dotted) {
        return wants(dotted.replace('.', '/'));
    }

    /**
     * Looks at the file of a class that it wants, and at nothing else.
     *
     * @throws LooksOtherwise where an assumption about the class does not hold
     */
    void check(String name, byte[] file) throws LooksOtherwise;

    /**
     * The class file that takes the place of this one; null where there is nothing to change. A class that is loaded already is shown again, so no
     * member is added, and the class keeps its shape.
     *
     * @throws LooksOtherwise where an assumption about the class does not hold: it is left alone
     */
    byte[] reroute(ClassLoader loader, String name, byte[] file) throws Throwable;

    /** Whether a class of that loader is rerouted only once it is loaded, since {@link #reroute} loads or links others of it. */
    default boolean waitsFor(ClassLoader loader) {
        return false;
    }

    /**
     * The file that a class must go on with once it is rerouted, whatever happens when it is shown again: objects depend on it. Null: it is not rerouted,
     * or may be what it was at any time.
     */
    default byte[] kept(String name) {
        return null;
    }

    /** What the agent's daemon does for it at each of its turns, about a second apart. */
    default void follow(Instrumentation instrumentation) throws Throwable {}
}
