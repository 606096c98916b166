/* SPDX-License-Identifier: Apache-2.0 */
package example;

import io.rseq.PerCpuCounter;
import io.rseq.micrometer.PerCpuTimer;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes many durations by one request: microseconds, one a line. So what it costs to record one is seen. */
@RestController
class Durations {
    private final PerCpuTimer timer;
    private final PerCpuCounter rejected;

    Durations(PerCpuTimer timer, PerCpuCounter rejected) {
        this.timer = timer;
        this.rejected = rejected;
    }

    @PostMapping(path = "/durations", consumes = "text/plain")
    void add(@RequestBody String body) {
        body.lines().forEach(line -> {
            try {
                timer.record(Long.parseLong(line), TimeUnit.MICROSECONDS);
            } catch (NumberFormatException noNumber) {
                rejected.increment();
            }
        });
    }
}
