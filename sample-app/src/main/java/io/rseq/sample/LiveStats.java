/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.Cpus;
import io.rseq.Support;
import java.util.List;

/** What {@code GET /stats} answers: the metrics so far, as JSON. Every string in it is ours and needs no escape, but for quotes. */
final class LiveStats {
    private LiveStats() {}

    static String json(RequestMetrics metrics) {
        Support support = Cpus.support();
        List<LatencySnapshot> latencies = metrics.latencies();
        StringBuilder json = new StringBuilder(512);
        json.append("{\"agent\":").append(support.agent());
        json.append(",\"owner\":").append(quoted(support.owner()));
        json.append(",\"reader\":").append(quoted(support.reader()));
        json.append(",\"metrics\":").append(quoted(metrics.name()));
        json.append(",\"bytes\":").append(metrics.bytes());
        json.append(",\"requests\":").append(LatencySnapshot.merged(latencies).count());
        json.append(",\"slots\":[");
        String separator = "";
        for (int slot = 0; slot < latencies.size(); slot++) {
            LatencySnapshot each = latencies.get(slot);
            if (each.count() == 0) continue;
            json.append(separator).append("{\"slot\":").append(slot);
            json.append(",\"requests\":").append(each.count());
            json.append(",\"p50_ns\":").append(each.percentile(50));
            json.append(",\"p99_ns\":").append(each.percentile(99));
            json.append(",\"max_ns\":").append(each.max()).append('}');
            separator = ",";
        }
        return json.append("]}\n").toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
