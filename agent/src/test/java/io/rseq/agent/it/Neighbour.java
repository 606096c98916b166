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
    TCMALLOC("peer_tcmalloc"),
    LIBRSEQ("peer_librseq");

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
            boolean seen = way == Way.PRELOADED || way == Way.GLOBAL_BEFORE;
            return switch (neighbour) {
                case LIBRSEQ -> seen ? "librseq" : "agent";
                case TCMALLOC -> way == Way.PRELOADED ? "foreign" : "agent";
                case PRIVATE -> way == Way.PRELOADED ? "unknown" : "agent";
                default -> "agent";
            };
        }

        /**
         * Whether the library and the agent read one area on this thread. What was loaded locally before the agent is seen by nobody, and sees
         * nobody.
         */
        boolean shares() {
            if (neighbour == LIBRSEQ && world.glibc()) return true;
            if (world.glibc() || neighbour == PRIVATE || way == Way.LOADED_BEFORE) return false;
            return neighbour != LIBRSEQ || way == Way.PRELOADED || way == Way.GLOBAL_BEFORE;
        }

        /** The library's own registration stands on this thread, in an area that the agent can't see. */
        boolean standsAlone(String thread) {
            if (world.glibc()) return false;
            if (neighbour == PRIVATE && way == Way.PRELOADED) return true;
            boolean early = thread.equals("main") && way.attach;
            return early && (way == Way.LOADED_BEFORE || neighbour == PRIVATE);
        }

        /** The thread on which the library calls abort(), as docs/ownership.md says; null: on none. */
        String aborts() {
            if (world.glibc()) return null;
            boolean later = way == Way.LOADED_LATER || way == Way.GLOBAL_LATER;
            if (neighbour == TCMALLOC && later) return "main";
            boolean atFirstFailure = neighbour == TCMALLOC || neighbour == LIBRSEQ;
            return atFirstFailure && way == Way.LOADED_BEFORE ? "platform" : null;
        }

        /** A successful unregister of the library takes the registration away, whoever counts on it. */
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
