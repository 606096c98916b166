/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.management;

import io.rseq.agent.engine.Engine;
import io.rseq.agent.engine.NamedStructures;
import io.rseq.agent.engine.ownership.Ledger;
import io.rseq.agent.engine.ownership.LedgerRow;
import io.rseq.agent.engine.ownership.Owner;
import io.rseq.agent.engine.ownership.Totals;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.util.Map;

/** Asks at each question; it keeps nothing. */
final class AgentBean implements RseqMXBean {
    private final PerCpuTransformer transformer;

    AgentBean(PerCpuTransformer transformer) {
        this.transformer = transformer;
    }

    @Override
    public String getDescription() {
        return $Rseq.description();
    }

    @Override
    public String getOwner() {
        return fact("owner=");
    }

    @Override
    public String getReader() {
        return fact("reader=");
    }

    @Override
    public String getCommitter() {
        return fact("committer=");
    }

    @Override
    public long getRegistered() {
        return Totals.read().registered();
    }

    @Override
    public long getReleased() {
        return Totals.read().released();
    }

    @Override
    public long getLive() {
        Totals totals = Totals.read();
        return totals.registered() - totals.released();
    }

    @Override
    public long getOwnerNone() {
        return Totals.read().registered(Owner.NONE);
    }

    @Override
    public long getOwnerGlibc() {
        return Totals.read().registered(Owner.GLIBC);
    }

    @Override
    public long getOwnerLibrseq() {
        return Totals.read().registered(Owner.LIBRSEQ);
    }

    @Override
    public long getOwnerForeign() {
        return Totals.read().registered(Owner.FOREIGN);
    }

    @Override
    public long getOwnerAgent() {
        return Totals.read().registered(Owner.AGENT);
    }

    @Override
    public long getOwnerUnknown() {
        return Totals.read().registered(Owner.UNKNOWN);
    }

    @Override
    public long getAdopted() {
        return Totals.read().adopted();
    }

    @Override
    public long getRefused() {
        return Totals.read().refused();
    }

    @Override
    public long getReregistered() {
        return Totals.read().reregistered();
    }

    @Override
    public long getOverflowed() {
        return Totals.read().overflowed();
    }

    @Override
    public long getSyscallsRegister() {
        return Totals.read().kernelRegistrations();
    }

    @Override
    public long getSyscallsUnregister() {
        return Totals.read().kernelUnregistrations();
    }

    @Override
    public long getDropped() {
        return Totals.read().dropped();
    }

    @Override
    public long getRestarts() {
        return Totals.read().restarts();
    }

    @Override
    public int getWoven() {
        return transformer.woven();
    }

    @Override
    public int getUnwoven() {
        return transformer.refused();
    }

    @Override
    public int getRerouted() {
        return Engine.rerouting() == null ? 0 : Engine.rerouting().rerouted();
    }

    @Override
    public Map<String, Map<String, Long>> getStructures() {
        return NamedStructures.figures();
    }

    @Override
    public LedgerRow[] getThreads() {
        return Ledger.read().rows().toArray(new LedgerRow[0]);
    }

    /** The word after a key of the description. */
    private static String fact(String key) {
        for (String word : $Rseq.description().split(" ")) {
            if (word.startsWith(key)) return word.substring(key.length());
        }
        return "?";
    }
}
