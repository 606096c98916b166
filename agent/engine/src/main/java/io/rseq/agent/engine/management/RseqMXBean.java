/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.management;

import io.rseq.agent.engine.ownership.LedgerRow;

/** What a management console shows of the agent, in the log's words: {@code io.rseq:type=Agent}. */
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

    long getAdopted();

    long getRefused();

    long getReregistered();

    long getOverflowed();

    long getDropped();

    /** How often a restartable sequence was restarted. */
    long getRestarts();

    /** Methods woven so far; those of a class that is redefined, again. */
    int getWoven();

    /** The ledger. Starts JNA in this process when it is asked for the first time. */
    LedgerRow[] getThreads();
}
