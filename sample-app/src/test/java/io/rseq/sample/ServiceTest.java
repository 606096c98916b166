/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceTest {
    private final Metrics metrics = new PerCpuMetrics();
    private final HttpClient http = HttpClient.newHttpClient();
    private Service service;

    @BeforeEach
    void open() throws Exception {
        service = Service.open(0, metrics);
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void hash_answers_with_the_sha_256_of_the_body() throws Exception {
        HttpResponse<String> answer = post("abc".getBytes());
        assertThat(answer.statusCode()).isEqualTo(200);
        // FIPS 180-2, B.1
        assertThat(answer.body()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void who_has_an_answer_finds_it_counted() throws Exception {
        post("abc".getBytes());
        post("abcde".getBytes());
        assertThat(metrics.bytes()).isEqualTo(8);
        assertThat(metrics.requests()).isEqualTo(2);
        HttpResponse<String> stats = get("/stats");
        assertThat(stats.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        assertThat(stats.body())
                .startsWith(
                        "{\"agent\":false,\"owner\":\"none\",\"committer\":\"none\",\"metrics\":\"PerCpuCounter, PerCpuHistogram\"")
                .contains("\"requests\":2,\"bytes\":8,\"p50_ns\":", "\"requests_by_cpu\":[2");
    }

    @Test
    void metrics_that_are_used_from_now_on_get_the_next_request() throws Exception {
        Metrics usual = new UsualMetrics();
        post("abc".getBytes());
        service.use(usual);
        post("abcde".getBytes());
        assertThat(usual.requests()).isEqualTo(1);
        assertThat(usual.bytes()).isEqualTo(5);
        assertThat(get("/stats").body()).endsWith("\"requests_by_cpu\":[]}\n");
    }

    @Test
    void a_wrong_method_and_too_large_a_body_are_refused_and_not_counted() throws Exception {
        HttpResponse<String> wrong = get("/hash");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
        assertThat(post(new byte[Service.MAX_PAYLOAD + 1]).statusCode()).isEqualTo(413);
        assertThat(post(new byte[Service.MAX_PAYLOAD]).statusCode()).isEqualTo(200);
        assertThat(metrics.requests()).isEqualTo(1);
    }

    @Test
    void an_unknown_path_is_not_found() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
    }

    @Test
    void it_listens_on_loopback_alone() {
        assertThat(service.uri("/hash").getHost()).isEqualTo("127.0.0.1");
    }

    private HttpResponse<String> post(byte[] body) throws Exception {
        return send(HttpRequest.newBuilder(service.uri("/hash")).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(service.uri(path).toString())));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
