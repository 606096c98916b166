/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.management;

import io.rseq.agent.engine.ownership.LedgerRow;
import java.util.Map;

/**
 * What a management console shows of the agent, in the log's words: {@code io.rseq:type=Agent}. The exit line's keys are all here; what has
 * a dot there, {@code owner.glibc}, is {@code OwnerGlibc} here.
 */
public interface RseqMXBean {
    /** The start line. */
    String getDescription();

    /** Who registers the threads' areas. */
    String getOwner();

    /** How an index is read. */
    String getReader();

    /** How structures commit. */
    String getCommitter();

    long getRegistered();

    long getReleased();

    long getLive();

    long getOwnerNone();

    long getOwnerGlibc();

    long getOwnerLibrseq();

    long getOwnerForeign();

    long getOwnerAgent();

    long getOwnerUnknown();

    long getAdopted();

    long getRefused();

    long getReregistered();

    long getOverflowed();

    /** System calls that registered an area. */
    long getSyscallsRegister();

    /** System calls that unregistered one. */
    long getSyscallsUnregister();

    long getDropped();

    /** How often a restartable sequence was restarted. */
    long getRestarts();

    /** Methods woven so far; those of a class that is redefined, again. */
    int getWoven();

    /** Methods and classes that could not be woven. */
    int getUnwoven();

    /** Classes rerouted by what {@code adopt} names; one that is redefined, again. */
    int getRerouted();

    /** The figures of each structure that has a name, by it. */
    Map<String, Map<String, Long>> getStructures();

    /** The ledger. Starts JNA in this process when it is asked for the first time. */
    LedgerRow[] getThreads();
}
