/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** A condition of a write lock: that of its {@link Claim}. A thread that has the claim again waits until nobody reads, before it goes on. */
final class WriteCondition implements Condition {
    private final Condition ofClaim;
    private final Claim claim;

    WriteCondition(Claim claim) {
        this.ofClaim = claim.newCondition();
        this.claim = claim;
    }

    @Override
    public void await() throws InterruptedException {
        claim.checkOwner();
        try {
            ofClaim.await();
        } finally {
            claim.expel();
        }
    }

    @Override
    public void awaitUninterruptibly() {
        claim.checkOwner();
        try {
            ofClaim.awaitUninterruptibly();
        } finally {
            claim.expel();
        }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        claim.checkOwner();
        try {
            return ofClaim.awaitNanos(nanos);
        } finally {
            claim.expel();
        }
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        claim.checkOwner();
        try {
            return ofClaim.await(time, unit);
        } finally {
            claim.expel();
        }
    }

    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        claim.checkOwner();
        try {
            return ofClaim.awaitUntil(deadline);
        } finally {
            claim.expel();
        }
    }

    @Override
    public void signal() {
        ofClaim.signal();
    }

    @Override
    public void signalAll() {
        ofClaim.signalAll();
    }
}
