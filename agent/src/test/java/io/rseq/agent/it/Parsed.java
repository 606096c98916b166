/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** An object of JSON, read by a parser that is not ours: the path of each value, such as {@code threads.0.tid}, and its text. */
final class Parsed {
    private Parsed() {}

    static Map<String, String> of(String json) {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue())
                    values.put(
                            parser.getParsingContext()
                                    .pathAsPointer()
                                    .toString()
                                    .substring(1)
                                    .replace('/', '.'),
                            parser.getText());
            }
        } catch (IOException wrong) {
            throw new AssertionError("no JSON: " + json, wrong);
        }
        return values;
    }
}
