/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Asks an example that serves on a port of this machine. */
final class Client {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    Client(int port) {
        this.port = port;
    }

    String get(String path) throws Exception {
        return text(http.send(request(path).build(), HttpResponse.BodyHandlers.ofString()));
    }

    /** Sends all at once; returns the answers in their order. */
    List<String> post(String path, Stream<byte[]> bodies) {
        List<CompletableFuture<HttpResponse<String>>> answers = bodies.map(body -> http.sendAsync(
                        request(path)
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        return answers.stream().map(answer -> text(answer.join())).toList();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .version(HttpClient.Version.HTTP_1_1);
    }

    private static String text(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
