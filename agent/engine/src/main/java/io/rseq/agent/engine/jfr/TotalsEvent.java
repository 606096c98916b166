/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.jfr;

import io.rseq.agent.engine.Engine;
import io.rseq.agent.engine.ownership.Owner;
import io.rseq.agent.engine.ownership.Totals;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** The exit line, as of now. What has a dot in its name there, {@code owner.glibc}, is written {@code ownerGlibc} here. */
@Name("rseq.Totals")
@Label("Totals")
@Category("rseq")
@Description("What was counted since the agent's start: registered = released + live")
@Period("everyChunk")
@StackTrace(false)
final class TotalsEvent extends Event {
    @Label("Registered")
    long registered;

    @Label("Released")
    long released;

    @Label("Live")
    long live;

    @Label("Owner none")
    long ownerNone;

    @Label("Owner glibc")
    long ownerGlibc;

    @Label("Owner librseq")
    long ownerLibrseq;

    @Label("Owner foreign")
    long ownerForeign;

    @Label("Owner agent")
    long ownerAgent;

    @Label("Owner unknown")
    long ownerUnknown;

    @Label("Adopted")
    long adopted;

    @Label("Refused")
    long refused;

    @Label("Reregistered")
    long reregistered;

    @Label("Overflowed")
    long overflowed;

    @Label("System Calls that registered")
    long syscallsRegister;

    @Label("System Calls that unregistered")
    long syscallsUnregister;

    @Label("Dropped")
    long dropped;

    @Label("Restarts")
    long restarts;

    @Label("Woven Methods")
    @Description("Those of a class that is redefined count again")
    int woven;

    @Label("Unwoven Methods")
    int unwoven;

    @Label("Rerouted Classes")
    @Description("By what adopt= names")
    int rerouted;

    void fill(Totals totals, PerCpuTransformer transformer) {
        registered = totals.registered();
        released = totals.released();
        live = registered - released;
        ownerNone = totals.registered(Owner.NONE);
        ownerGlibc = totals.registered(Owner.GLIBC);
        ownerLibrseq = totals.registered(Owner.LIBRSEQ);
        ownerForeign = totals.registered(Owner.FOREIGN);
        ownerAgent = totals.registered(Owner.AGENT);
        ownerUnknown = totals.registered(Owner.UNKNOWN);
        adopted = totals.adopted();
        refused = totals.refused();
        reregistered = totals.reregistered();
        overflowed = totals.overflowed();
        syscallsRegister = totals.kernelRegistrations();
        syscallsUnregister = totals.kernelUnregistrations();
        dropped = totals.dropped();
        restarts = totals.restarts();
        woven = transformer.woven();
        unwoven = transformer.refused();
        rerouted = Engine.rerouting() == null ? 0 : Engine.rerouting().rerouted();
    }
}
