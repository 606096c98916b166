/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** {@link JsonDocuments} with Jackson 2. */
public final class Json2Documents extends JsonDocuments<JsonFactory> {
    public static void main(String[] arguments) throws Exception {
        new Json2Documents().run(arguments);
    }

    @Override
    JsonFactory make() {
        return new JsonFactory();
    }

    @Override
    JsonFactory makeWithChosenPool() {
        return new JsonFactoryBuilder()
                .recyclerPool(JsonRecyclerPools.newBoundedPool(2))
                .build();
    }

    @Override
    byte[] write(JsonFactory factory, int number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeFieldName("number");
            out.writeNumber(number);
            out.writeFieldName("text");
            out.writeString("\u00e4" + number);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    @Override
    int read(JsonFactory factory, byte[] document) throws IOException {
        try (JsonParser in = factory.createParser(document)) {
            in.nextToken();
            in.nextToken();
            in.nextToken();
            int number = in.getIntValue();
            in.nextToken();
            in.nextToken();
            return in.getText().equals("\u00e4" + number) ? number : -1;
        }
    }

    @Override
    Object pool(JsonFactory factory) {
        return factory._getRecyclerPool();
    }
}
