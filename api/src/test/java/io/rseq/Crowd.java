/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that begin at once. */
final class Crowd {
    private final List<FutureTask<?>> work = new ArrayList<>();

    private Crowd() {}

    static Crowd of(int threads, Runnable each) {
        Crowd crowd = new Crowd();
        for (int i = 0; i < threads; i++) crowd.work.add(new FutureTask<>(each, null));
        for (FutureTask<?> task : crowd.work) new Thread(task).start();
        return crowd;
    }

    boolean isDone() {
        return work.stream().allMatch(FutureTask::isDone);
    }

    /** Waits for all, and throws what one of them threw. */
    void join() {
        try {
            for (FutureTask<?> task : work) task.get();
        } catch (ExecutionException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }
}
