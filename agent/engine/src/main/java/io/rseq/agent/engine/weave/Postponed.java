/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.Set;

/**
 * The classes that could not be woven because the heap was full, or a stack at its end, just then. The agent's daemon tries them again once there
 * is heap for it. To note one allocates nothing, and loads no class.
 */
final class Postponed {
    private static final int ROOM = 64;

    /** What must be free, so that to try again brings no collection; of a small heap, a part of it. */
    private static final long ENOUGH = 4 << 20;

    private static final int PART = 8;

    /** Calls. A class whose own definition failed, too, is looked for in vain. */
    private static final int LONGEST_PAUSE = 64;

    private final Instrumentation instrumentation;
    private final String[] names = new String[ROOM];
    private final Throwable[] reasons = new Throwable[ROOM];
    private int count;
    private int told;
    private int pause;
    private int called;

    Postponed(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** Notes a class, named as in its file. Returns whether it will be tried again. */
    synchronized boolean add(String name, Throwable reason) {
        if (name == null) return false;
        if (indexOf(name) >= 0) return true;
        if (count == ROOM) return false;
        names[count] = name;
        reasons[count] = reason;
        count++;
        return true;
    }

    /** Forgets a class. Returns whether it was noted. */
    synchronized boolean remove(String name) {
        if (count == 0 || name == null) return false;
        int at = indexOf(name);
        if (at < 0) return false;
        count--;
        pause = 0;
        if (at < told) told--;
        for (int i = at; i < count; i++) {
            names[i] = names[i + 1];
            reasons[i] = reasons[i + 1];
        }
        names[count] = null;
        reasons[count] = null;
        return true;
    }

    synchronized int count() {
        return count;
    }

    private int indexOf(String name) {
        for (int i = 0; i < count; i++) if (names[i].equals(name)) return i;
        return -1;
    }

    /** Called now and then: tries again, if it is time. What fails in the transformer is noted already, or again. */
    void weave() {
        if (!isTime()) return;
        tell();
        Set<String> noted = new HashSet<>();
        synchronized (this) {
            for (int i = 0; i < count; i++) noted.add(names[i].replace('/', '.'));
        }
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (!noted.contains(type.getName())) continue;
            try {
                instrumentation.retransformClasses(type);
            } catch (Throwable failure) {
                LineLogger.LOG.debug("class {} is still not woven: {}", type.getName(), Reason.of(failure));
            }
        }
    }

    /** The pauses between tries double; without room for it, the longest is kept: much may be free that nobody has collected yet. */
    private synchronized boolean isTime() {
        if (count == 0) return false;
        if (++called < (hasRoom() ? pause : LONGEST_PAUSE)) return false;
        called = 0;
        pause = Math.min(2 * pause + 1, LONGEST_PAUSE);
        return true;
    }

    static boolean hasRoom() {
        Runtime runtime = Runtime.getRuntime();
        long most = runtime.maxMemory();
        return most - runtime.totalMemory() + runtime.freeMemory() >= Math.min(ENOUGH, most / PART);
    }

    private synchronized void tell() {
        for (; told < count; told++) {
            String name = names[told].replace('/', '.');
            LineLogger.LOG.warn(
                    "class {} is not woven yet: {}; until it is, {}", name, Reason.of(reasons[told]), loss(name));
        }
    }

    /** What does not happen while a class is as it was. */
    static String loss(String name) {
        if (name.equals("io.rseq.internal.Commits")) return "structures commit atomically";
        if (name.equals("io.rseq.internal.Hook")) return "Cpus answers as without the agent";
        return "its @PerCpu methods keep the index that callers pass";
    }
}
