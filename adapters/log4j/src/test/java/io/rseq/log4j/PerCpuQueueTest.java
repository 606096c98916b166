/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.log4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.Cpus;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.layout.template.json.util.Recycler;
import org.apache.logging.log4j.layout.template.json.util.RecyclerFactories;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // in newer versions, but what older ones have
class PerCpuQueueTest {
    private static final String SPEC = "queue:supplier=io.rseq.log4j.PerCpuQueue.new,capacity=";

    /* Under the agent, until the thread was not moved in between; without it a thread's index stays. */
    private static final int TRIES = Cpus.support().agent() ? 1000 : 1;

    /** By log4j2-test.xml, as docs/adapters.md has it. */
    @Test
    void the_example_logs_each_message_whole_from_many_threads() throws Exception {
        Logger log = LogManager.getLogger(PerCpuQueueTest.class);
        List<String> expected = new ArrayList<>();
        on8Threads(thread -> {
            for (int i = 0; i < 500; i++) log.info("message " + thread + "." + i);
        });
        for (int thread = 0; thread < 8; thread++)
            for (int i = 0; i < 500; i++) expected.add("{\"message\":\"message " + thread + "." + i + "\"}");
        LogManager.shutdown();
        assertThat(Files.readAllLines(Path.of("target/log4j-test.json"))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void the_version_that_was_asked_for_is_tested() {
        String wanted = System.getProperty("adapted.version");
        String path = RecyclerFactories.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        if (wanted != null) assertThat(path).endsWith("-" + wanted + ".jar");
    }

    @Test
    void a_recycler_over_it_hands_out_what_came_back() {
        AtomicInteger made = new AtomicInteger();
        Recycler<Integer> recycler = RecyclerFactories.ofSpec(SPEC + 8).create(made::incrementAndGet);
        Integer mine = recycler.acquire();
        assertThat(recycler.acquire()).isEqualTo(2);
        for (int tries = 1; ; tries++) {
            Integer returned = mine;
            recycler.release(returned);
            mine = recycler.acquire();
            assertThat(made.get()).isBetween(2, 2 + tries);
            if (tries == TRIES || mine == returned) {
                assertThat(mine).isSameAs(returned);
                return;
            }
        }
    }

    @Test
    void a_capacity_that_is_none_is_refused_by_name() {
        for (int capacity : new int[] {Integer.MIN_VALUE, -1, 0, 1 << 20 | 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new PerCpuQueue<>(capacity))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("capacity=" + capacity + " is not in 1..1048576");
        }
    }

    /** As docs/adapters.md has it. Log4j goes on without the layout, or with its default. */
    @Test
    void what_is_wrong_in_the_configuration_is_named_in_log4js_status_log() throws Exception {
        assertThat(saidOf(SPEC + 0))
                .startsWith("ERROR Could not create plugin of type class " + JsonTemplateLayout.class.getName())
                .endsWith(" capacity=0 is not in 1..1048576");
        assertThat(saidOf(SPEC + -5)).startsWith("ERROR ").endsWith(" capacity=-5 is not in 1..1048576");
        assertThat(saidOf(SPEC + "many"))
                .startsWith("WARN Error while converting string [" + SPEC + "many]")
                .endsWith(" For input string: \"many\"");
        String misspelt = SPEC.replace("PerCpuQueue", "PerCpuQuque");
        assertThat(saidOf(misspelt + 8))
                .startsWith("WARN Error while converting string [" + misspelt + "8]")
                .endsWith(" io.rseq.log4j.PerCpuQuque");
        assertThat(saidOf(SPEC + 8)).isEmpty();
    }

    /** The first line of the status log for a layout of this recycler factory, and the message of what caused it. */
    private static String saidOf(String recyclerFactory) throws Exception {
        String configuration =
                "<Configuration status='OFF'><Appenders><Console name='CONSOLE'><JsonTemplateLayout eventTemplate='{}' "
                        + "recyclerFactory='" + recyclerFactory
                        + "'/></Console></Appenders><Loggers><Root level='OFF'/></Loggers></Configuration>";
        List<String> said = new CopyOnWriteArrayList<>();
        StatusListener listener = new StatusListener() {
            @Override
            public void log(StatusData data) {
                Throwable cause = data.getThrowable();
                while (cause != null && cause.getCause() != null) cause = cause.getCause();
                said.add(data.getLevel() + " " + data.getMessage().getFormattedMessage() + " "
                        + (cause == null ? "" : cause.getMessage()));
            }

            @Override
            public Level getStatusLevel() {
                return Level.WARN;
            }

            @Override
            public void close() {}
        };
        StatusLogger.getLogger().registerListener(listener);
        try (LoggerContext context = new LoggerContext(recyclerFactory)) {
            context.start(new XmlConfiguration(
                    context, new ConfigurationSource(new ByteArrayInputStream(configuration.getBytes()))));
        } finally {
            StatusLogger.getLogger().removeListener(listener);
        }
        return said.isEmpty() ? "" : said.get(0);
    }

    @Test
    void it_keeps_no_more_than_its_capacity_and_each_object_once() {
        for (int capacity : new int[] {1, 2, 3, 64, 1000}) {
            boolean whole = false;
            for (int tries = 0; tries < TRIES && !whole; tries++) whole = isFilledAndEmptied(capacity);
            assertThat(whole).as("filled up to %d, and emptied", capacity).isTrue();
        }
    }

    /** False: the thread moved, and found neither room nor objects that were the other CPU's. */
    private static boolean isFilledAndEmptied(int capacity) {
        PerCpuQueue<Integer> queue = new PerCpuQueue<>(capacity);
        assertThat(queue.poll()).isNull();
        int kept = 0;
        while (kept <= capacity && queue.offer(kept)) kept++;
        assertThat(kept).isLessThanOrEqualTo(capacity);
        assertThat(queue).hasToString(kept + " of " + capacity).hasSize(kept);
        boolean[] seen = new boolean[kept];
        int left = kept;
        for (Integer object = queue.poll(); object != null; object = queue.poll()) {
            assertThat(seen[object]).isFalse();
            seen[object] = true;
            left--;
        }
        assertThat(queue.size()).isEqualTo(left);
        return kept == capacity && left == 0;
    }

    /** Each thread puts what it took back, so that in the end there are as many as in the beginning, and nobody shares one. */
    @Test
    void nobody_gets_what_another_one_has() throws Exception {
        PerCpuQueue<AtomicInteger> queue = new PerCpuQueue<>(16);
        on8Threads(thread -> {
            for (int i = 0; i < 100_000; i++) {
                AtomicInteger mine = queue.poll();
                if (mine == null) mine = new AtomicInteger();
                if (mine.incrementAndGet() != 1) throw new AssertionError("another one has it");
                mine.decrementAndGet();
                queue.offer(mine);
            }
        });
        assertThat(queue.size()).isBetween(1, 16);
    }

    @Test
    void there_is_no_looking_into_it() {
        PerCpuQueue<String> queue = new PerCpuQueue<>(2);
        assertThatThrownBy(queue::peek).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(queue::iterator).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> queue.offer(null)).isInstanceOf(NullPointerException.class);
    }

    private interface Work {
        void run(int thread);
    }

    private static void on8Threads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int thread = i;
            done.add(threads.submit(() -> work.run(thread)));
        }
        for (Future<?> each : done) each.get();
        threads.shutdown();
    }
}
