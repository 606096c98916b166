/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jackson3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.Cpus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.BufferRecycler;

class PerCpuRecyclerPoolTest {
    private static final int DOCUMENTS = 1000;

    /** As docs/adapters.md has it. */
    @Test
    void the_example_writes_and_reads_documents_on_many_threads() throws Exception {
        JsonFactory json =
                JsonFactory.builder().recyclerPool(PerCpuRecyclerPool.shared()).build();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String text = "text of thread " + i;
            done.add(threads.submit(() -> {
                for (int n = 0; n < 1000; n++)
                    assertThat(read(json, write(json, text + n))).isEqualTo(text + n);
                return null;
            }));
        }
        for (Future<?> each : done) each.get();
        threads.shutdown();
        assertThat(PerCpuRecyclerPool.shared().pooledCount()).isBetween(1, 32 * Cpus.count());
        assertThat(PerCpuRecyclerPool.shared().clear()).isTrue();
        assertThat(PerCpuRecyclerPool.shared().pooledCount()).isZero();
    }

    @Test
    void the_version_that_was_asked_for_is_tested() {
        String wanted = System.getProperty("adapted3.version");
        String path = JsonFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        if (wanted != null) assertThat(path).endsWith("-" + wanted + ".jar");
    }

    /** Under the agent a document that begins where the thread was moved to makes one more. In a pool that hands out none, each does. */
    @Test
    void a_document_gives_its_recycler_back_and_the_next_one_has_it() throws Exception {
        PerCpuRecyclerPool pool = new PerCpuRecyclerPool(DOCUMENTS);
        JsonFactory json = JsonFactory.builder().recyclerPool(pool).build();
        assertThat(pool.pooledCount()).isZero();
        write(json, "text");
        assertThat(pool.pooledCount()).isOne();
        int had = 0;
        for (int i = 1, idle = 1; i < DOCUMENTS && had < 100; i++) {
            write(json, "text");
            int now = pool.pooledCount();
            assertThat(now).isBetween(idle, idle + 1);
            if (now == idle) had++;
            idle = now;
        }
        assertThat(had).isEqualTo(100);
        if (!Cpus.support().agent()) assertThat(pool.pooledCount()).isOne();
    }

    @Test
    void nobody_has_a_recycler_that_another_one_has() {
        PerCpuRecyclerPool pool = new PerCpuRecyclerPool(2);
        Set<BufferRecycler> held = ConcurrentHashMap.newKeySet();
        List<BufferRecycler> taken = new ArrayList<>();
        for (int i = 0; i < 10 * Cpus.count(); i++) {
            BufferRecycler recycler = pool.acquireAndLinkPooled();
            assertThat(held.add(recycler)).isTrue();
            taken.add(recycler);
        }
        for (BufferRecycler recycler : taken) {
            recycler.releaseToPool();
            recycler.releaseToPool(); // as Jackson's own, it is no longer linked
        }
        assertThat(pool.pooledCount()).isBetween(1, 2 * Cpus.count());
    }

    @Test
    void a_recycler_of_somebody_else_is_left_to_the_collector() {
        PerCpuRecyclerPool pool = new PerCpuRecyclerPool(2);
        pool.releasePooled(new BufferRecycler());
        assertThat(pool.pooledCount()).isZero();
    }

    @Test
    void a_pool_that_was_read_works_and_the_shared_one_is_the_shared_one() throws Exception {
        assertThat(copy(PerCpuRecyclerPool.shared())).isSameAs(PerCpuRecyclerPool.shared());
        PerCpuRecyclerPool pool = new PerCpuRecyclerPool(2);
        PerCpuRecyclerPool read = (PerCpuRecyclerPool) copy(pool);
        assertThat(read).isNotSameAs(pool);
        read.acquireAndLinkPooled().releaseToPool();
        assertThat(read.pooledCount()).isOne();
    }

    @Test
    void bad_configuration_is_refused_in_one_line() {
        for (int capacity : new int[] {Integer.MIN_VALUE, -1, 0, 1 << 20 | 1}) {
            assertThatThrownBy(() -> new PerCpuRecyclerPool(capacity))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("capacityPerCpu=" + capacity + ": not in 1..1048576");
        }
    }

    private static String write(JsonFactory json, String text) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = json.createGenerator(ObjectWriteContext.empty(), out)) {
            generator.writeString(text);
        }
        return out.toString();
    }

    private static String read(JsonFactory json, String document) throws Exception {
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), document.getBytes())) {
            parser.nextToken();
            return parser.getString();
        }
    }

    private static Object copy(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
