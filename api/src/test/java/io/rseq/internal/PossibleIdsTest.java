/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PossibleIdsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0-1|2", "0|1", "0-3,8-11|12", "5|6", "0-255\\n|256", "''|7", "nonsense|7", "0,2,1|3"})
    void a_list_is_sized_by_its_highest_number(String list, int size) {
        assertThat(PossibleIds.size(list.replace("\\n", "\n"), 7)).isEqualTo(size);
    }
}
