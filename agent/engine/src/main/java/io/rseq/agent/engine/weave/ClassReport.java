/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.ArrayList;
import java.util.List;

/** What the weaver would do to a class file: its {@code @PerCpu} methods, and those that it would refuse. */
public final class ClassReport {
    private static final ClassReport NOTHING = new ClassReport(List.of(), List.of(), List.of());

    private final List<String> methods;
    private final List<String> doubts;
    private final List<String> refusals;

    private ClassReport(List<String> methods, List<String> doubts, List<String> refusals) {
        this.methods = methods;
        this.doubts = doubts;
        this.refusals = refusals;
    }

    /** Looks at a class file; {@code name} is for the report of one that can't be read. */
    public static ClassReport of(String name, byte[] file) {
        if (!Constants.concernUs(file)) return NOTHING;
        List<String> refusals = List.of();
        try {
            ClassWeaver weaver = new ClassWeaver(file);
            if (weaver.isAnnotation() || weaver.isMock()) return NOTHING;
            refusals = weaver.refusals();
            weaver.weave();
            return new ClassReport(
                    List.copyOf(weaver.perCpuMethods()), weaver.doubts(), weaver.refusals()); // some show only now
        } catch (Throwable unreadable) { // whatever the agent would refuse it for
            List<String> all = new ArrayList<>(refusals);
            all.add("class " + name + ": " + PerCpuTransformer.reason(unreadable));
            return new ClassReport(List.of(), List.of(), all);
        }
    }

    /** The methods that can be woven, each with the index that it gets. */
    public List<String> methods() {
        return methods;
    }

    /** Of those, the ones that calls may pass by, each with the reason and what to do. */
    public List<String> doubts() {
        return doubts;
    }

    /** The methods that can't, each with the reason and what to do. */
    public List<String> refusals() {
        return refusals;
    }
}
