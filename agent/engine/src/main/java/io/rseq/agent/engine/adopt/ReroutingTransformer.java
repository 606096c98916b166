/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.adopt;

import io.rseq.agent.engine.Committer;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.JdkServices;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sees every class that is loaded or retransformed, and reroutes those that an adoption wants. There only where {@code adopt=} names one. */
public final class ReroutingTransformer implements ClassFileTransformer {
    private static final ClassLoader ENGINE = ReroutingTransformer.class.getClassLoader();

    /** What the first class takes of the heap, since ASM is loaded for it: an OutOfMemoryError in an initialiser there would be for good. */
    private static final int HEAP_OF_FIRST = 1 << 20;

    private static final int MOST_TURNS = 20;

    private final Instrumentation instrumentation;
    private final JdkServices services;
    private final Adoption[] adoptions;
    private final AtomicInteger rerouted = new AtomicInteger();
    private volatile boolean first = true;

    /** Whether heap or stack ended while a class was to be rerouted: the agent's daemon shows all of them again. */
    private volatile boolean missed;

    /** Names of classes that are rerouted once they are loaded. One whose loading failed is waited for in vain, so not for long. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    /** How many turns of the daemon they are waited for yet. */
    private volatile int turns;

    private boolean failed;

    private ReroutingTransformer(Instrumentation instrumentation, JdkServices services, List<Adoption> adoptions) {
        this.instrumentation = instrumentation;
        this.services = services;
        this.adoptions = adoptions.toArray(new Adoption[0]);
    }

    /** For the words of {@code adopt=}; null where there is nothing to adopt. */
    public static ReroutingTransformer of(
            List<String> words, Committer committer, Instrumentation instrumentation, JdkServices services) {
        List<Adoption> adoptions = new ArrayList<>();
        for (String word : words) {
            if (word.equals(Jackson.WORD)) adoptions.add(new Jackson());
            if (word.equals(Adders.WORD)) {
                if (committer == Committer.ATOMIC)
                    LineLogger.LOG.info("adopt=adders is of no use here: structures commit atomically");
                else adoptions.add(new Adders());
            }
        }
        return adoptions.isEmpty() ? null : new ReroutingTransformer(instrumentation, services, adoptions);
    }

    /** From here on classes are rerouted when they are loaded, and now those that were loaded before. */
    public void start() {
        instrumentation.addTransformer(this, true);
        showLoaded(null);
    }

    /** Classes rerouted so far; one that is redefined, again. */
    public int rerouted() {
        return rerouted.get();
    }

    /** A turn of the agent's daemon. */
    public void follow() {
        if (missed) {
            missed = false;
            showLoaded(null);
        } else if (!waiting.isEmpty()) {
            showLoaded(Set.copyOf(waiting));
            if (--turns <= 0) waiting.clear();
        }
        for (Adoption adoption : adoptions) {
            try {
                adoption.follow(instrumentation);
            } catch (Throwable failure) {
                warnOnce(adoption, failure);
            }
        }
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
        if (name == null || loader == ENGINE) return null;
        for (Adoption adoption : adoptions) {
            if (!adoption.wants(name)) continue;
            if (redefined == null && adoption.waitsFor(loader)) {
                later(name);
                return null;
            }
            if (redefined != null) waiting.remove(name);
            return reroute(adoption, loader, name, file);
        }
        return null;
    }

    private void later(String name) {
        turns = MOST_TURNS;
        waiting.add(name);
        services.wakeHousekeeper();
    }

    private byte[] reroute(Adoption adoption, ClassLoader loader, String name, byte[] file) {
        try {
            if (first && new byte[HEAP_OF_FIRST].length > 0) first = false;
            byte[] result = adoption.reroute(loader, name, file);
            if (result == null) return adoption.kept(name);
            rerouted.incrementAndGet();
            LineLogger.LOG.debug("rerouted class {} adopt={}", name.replace('/', '.'), adoption.word());
            services.wakeHousekeeper();
            return result;
        } catch (OutOfMemoryError | StackOverflowError now) {
            missed = true;
        } catch (LooksOtherwise difference) {
            if (keeps(adoption, name, difference.getMessage())) return adoption.kept(name);
            LineLogger.LOG.warn(
                    "class {} looks otherwise than adopt={} expects, and stays as it is: {}",
                    name.replace('/', '.'),
                    adoption.word(),
                    difference.getMessage());
        } catch (Throwable failure) { // a class that we can't reroute is loaded as it is
            if (keeps(adoption, name, Reason.named(failure))) return adoption.kept(name);
            LineLogger.LOG.warn(
                    "class {} can't be rerouted by adopt={}, and stays as it is: {}",
                    name.replace('/', '.'),
                    adoption.word(),
                    Reason.named(failure));
        }
        return adoption.kept(name);
    }

    /** Whether the class goes on as it was rerouted before, so that a change of another agent's is lost. */
    private static boolean keeps(Adoption adoption, String name, String why) {
        if (adoption.kept(name) == null) return false;
        LineLogger.LOG.warn(
                "class {} stays as adopt={} rerouted it, without what another agent changed: {}",
                name.replace('/', '.'),
                adoption.word(),
                why);
        return true;
    }

    /** {@code names}: of those alone; null: of all. Each in a call of its own: the JVM takes all classes of a call or none, and they are few. */
    private void showLoaded(Set<String> names) {
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (type.getClassLoader() == ENGINE || !isWanted(type.getName())) continue;
            if (names != null && !names.contains(type.getName().replace('.', '/'))) continue;
            if (!instrumentation.isModifiableClass(type)) continue;
            try {
                instrumentation.retransformClasses(type);
            } catch (Throwable failure) {
                LineLogger.LOG.warn(
                        "class {}, loaded before the agent, can't be rerouted: {}",
                        type.getName(),
                        Reason.named(failure));
            }
        }
    }

    private boolean isWanted(String dotted) {
        if (dotted.charAt(0) == '[') return false;
        for (Adoption adoption : adoptions) if (adoption.wantsLoaded(dotted)) return true;
        return false;
    }

    private synchronized void warnOnce(Adoption adoption, Throwable failure) {
        if (failed) return;
        failed = true;
        LineLogger.LOG.warn("adopt={} goes on after a failure: {}", adoption.word(), Reason.named(failure));
    }
}
