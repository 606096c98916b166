/** Per-CPU data for Java: annotations, the CPU index, the structures. */
module io.rseq {
    exports io.rseq;

    requires static org.jspecify;
}
