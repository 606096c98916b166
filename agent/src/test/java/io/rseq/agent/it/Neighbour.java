/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A kind of library that shares the process, as {@code src/test/c/peer_*.c} acts it. */
enum Neighbour {
    COUNTING_WEAK("peer_old_protocol", "WEAK"),
    COUNTING_STRONG("peer_old_protocol"),
    BAD_CITIZEN("peer_old_protocol", "WEAK", "BAD_CITIZEN"),
    UNCOUNTED("peer_old_protocol", "WEAK", "UNCOUNTED"),
    PRIVATE("peer_private"),
    TCMALLOC_2023_03("peer_tcmalloc"),
    TCMALLOC_2023_09("peer_tcmalloc", "SLABS", "LINE"),
    TCMALLOC_2026("peer_tcmalloc", "SLABS"),
    LIBRSEQ("peer_librseq", "RETURNS");

    /** How it comes into the process, and whether before or after the agent. */
    enum Way {
        PRELOADED("preload", false),
        LOADED_LATER("load", false),
        GLOBAL_LATER("global", false),
        GLOBAL_BEFORE("global", true),
        LOADED_BEFORE("load", true);

        final String word;
        /** The library registers the main thread, and then the agent is attached. */
        final boolean attach;

        Way(String word, boolean attach) {
            this.word = word;
            this.attach = attach;
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    /** A library in a world. */
    record Cell(World world, Neighbour neighbour, Way way) {
        /** The owner that docs/ownership.md says. */
        String owner() {
            if (world.glibc()) return "glibc";
            if (neighbour == PRIVATE) return way == Way.PRELOADED ? "unknown" : "agent";
            if (neighbour == LIBRSEQ) return isThereFirst() ? "librseq" : "agent";
            return neighbour.isTcmalloc() && way == Way.PRELOADED ? "foreign" : "agent";
        }

        /** The library is in the process when the agent decides. */
        private boolean isThereFirst() {
            return way == Way.PRELOADED || way.attach;
        }

        /** Whether the library and the agent read one area on this thread. */
        boolean shares() {
            if (neighbour == LIBRSEQ && world.glibc()) return true;
            if (world.glibc() || neighbour == PRIVATE) return false;
            return neighbour != LIBRSEQ || isThereFirst();
        }

        /** The library's own registration stands on this thread, in an area that the agent can't see. */
        boolean standsAlone(String thread) {
            if (world.glibc() || neighbour != PRIVATE) return false;
            return way == Way.PRELOADED || thread.equals("main") && way.attach;
        }

        /** A thread that the JVM does not know uses the library before the JVM's threads do, or after them. */
        boolean nativeFirst() {
            return way == Way.LOADED_LATER || way == Way.LOADED_BEFORE;
        }

        /** What the library's use on that thread answers: without the agent it could register it, so it can with it. */
        boolean worksOnNativeThread() {
            return !world.glibc() || neighbour == LIBRSEQ;
        }

        /** A successful unregister of the library takes the registration away from all that count on it. */
        boolean unregistersUnderOthers() {
            return neighbour == BAD_CITIZEN || neighbour == PRIVATE || neighbour == LIBRSEQ && !world.glibc();
        }

        @Override
        public String toString() {
            return world + " " + text(neighbour) + " " + way;
        }
    }

    private final String source;
    private final String[] definitions;
    private Path library;

    Neighbour(String source, String... definitions) {
        this.source = source;
        this.definitions = definitions;
    }

    /** It goes by the shared count, as the protocol wants. */
    boolean counts() {
        return this == COUNTING_WEAK || this == COUNTING_STRONG;
    }

    boolean isTcmalloc() {
        return this == TCMALLOC_2023_03 || this == TCMALLOC_2023_09 || this == TCMALLOC_2026;
    }

    /**
     * Every JDK in all cells. Where glibc registers, the scope that a library is loaded into changes nothing, and one way before the agent and
     * one after it stand for both.
     */
    static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        World.all().forEach(world -> {
            for (Neighbour neighbour : values()) {
                for (Way way : Way.values()) {
                    boolean repeats = world.glibc() && (way == Way.GLOBAL_LATER || way == Way.LOADED_BEFORE);
                    if (!repeats) cells.add(new Cell(world, neighbour, way));
                }
            }
        });
        return cells;
    }

    synchronized Path library() {
        if (library == null) library = Fixture.peer("peer-" + text(this), source, definitions);
        return library;
    }

    @Override
    public String toString() {
        return text(this);
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
