/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void maps_lists_numbers_and_strings_nest() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a.b", List.of(1L, true, Map.of("c", "d")));
        map.put("none", List.of());
        map.put("null", null);
        assertThat(Json.of(map)).isEqualTo("{\"a.b\":[1,true,{\"c\":\"d\"}],\"none\":[],\"null\":\"null\"}");
    }

    @Test
    void what_would_end_a_string_or_is_no_utf_8_is_escaped() {
        assertThat(Json.of("\"\\\n\u0000\ud83d\u00e4")).isEqualTo("\"\\\"\\\\\\u000a\\u0000\\ud83d\u00e4\"");
    }
}
