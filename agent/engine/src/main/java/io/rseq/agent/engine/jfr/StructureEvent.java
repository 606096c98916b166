/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** One figure of a named structure, as of now; of those that each CPU has, one a CPU. */
@Name("rseq.Structure")
@Label("Structure")
@Category("rseq")
@Description("A figure of a structure that the application has named")
@Period("everyChunk")
@StackTrace(false)
final class StructureEvent extends Event {
    private static final int OF_ALL = -1;

    @Label("Structure")
    @Description("Its name")
    String structure;

    @Label("Figure")
    String figure;

    @Label("CPU")
    @Description("Or the concurrency id, where the structure goes by that; -1: of all together")
    int cpu;

    @Label("Value")
    long value;

    /** {@code key}: the figure's name, and behind a dot the CPU's number. */
    void fill(String name, String key, long now) {
        int dot = key.lastIndexOf('.');
        structure = name;
        figure = dot < 0 ? key : key.substring(0, dot);
        cpu = dot < 0 ? OF_ALL : Integer.parseInt(key.substring(dot + 1));
        value = now;
    }
}
