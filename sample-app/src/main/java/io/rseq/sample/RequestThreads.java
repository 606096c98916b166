/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that requests run on: a virtual one each where the JDK has them (21), a platform pool elsewhere. */
final class RequestThreads {
    private final ExecutorService executor;
    private final String kind;

    private RequestThreads(ExecutorService executor, String kind) {
        this.executor = executor;
        this.kind = kind;
    }

    static RequestThreads open() {
        try {
            Object executor =
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            return new RequestThreads((ExecutorService) executor, "virtual, one per request");
        } catch (NoSuchMethodException | IllegalAccessException before21) {
            return platform();
        } catch (InvocationTargetException preview) { // JDK 19 and 20 without --enable-preview
            return platform();
        }
    }

    private static RequestThreads platform() {
        int size = 4 * Runtime.getRuntime().availableProcessors();
        AtomicInteger number = new AtomicInteger();
        return new RequestThreads(
                Executors.newFixedThreadPool(size, work -> new Thread(work, "request-" + number.incrementAndGet())),
                "platform, a pool of " + size);
    }

    ExecutorService executor() {
        return executor;
    }

    String kind() {
        return kind;
    }
}
