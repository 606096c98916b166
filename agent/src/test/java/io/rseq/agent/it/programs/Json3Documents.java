/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** {@link JsonDocuments} with Jackson 3. */
public final class Json3Documents extends JsonDocuments<JsonFactory> {
    public static void main(String[] arguments) throws Exception {
        new Json3Documents().run(arguments);
    }

    @Override
    JsonFactory make() {
        return new JsonFactory();
    }

    @Override
    JsonFactory makeWithChosenPool() {
        return JsonFactory.builder()
                .recyclerPool(JsonRecyclerPools.newBoundedPool(2))
                .build();
    }

    @Override
    byte[] write(JsonFactory factory, int number) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = factory.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            out.writeName("number");
            out.writeNumber(number);
            out.writeName("text");
            out.writeString("\u00e4" + number);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    @Override
    int read(JsonFactory factory, byte[] document) {
        try (JsonParser in = factory.createParser(ObjectReadContext.empty(), document)) {
            in.nextToken();
            in.nextToken();
            in.nextToken();
            int number = in.getIntValue();
            in.nextToken();
            in.nextToken();
            return in.getString().equals("\u00e4" + number) ? number : -1;
        }
    }

    @Override
    Object pool(JsonFactory factory) {
        return factory._getRecyclerPool();
    }
}
