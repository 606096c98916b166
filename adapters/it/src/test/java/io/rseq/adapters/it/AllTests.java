/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.adapters.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import io.rseq.Cpus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the tests that lie in some folders, and says how many passed and what committed. The status is 1 when one failed. */
final class AllTests {
    private AllTests() {}

    public static void main(String[] folders) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClasspathRoots(
                                        Arrays.stream(folders).map(Path::of).collect(Collectors.toSet())))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true));
        System.out.println("passed=" + summary.getTestsSucceededCount() + " failed=" + summary.getTotalFailureCount()
                + " committer=" + Cpus.support().committer());
        if (summary.getTotalFailureCount() > 0) System.exit(1);
    }
}
