/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PaddedRowsTest {
    private static final int LINE_IN_LONGS = 16;

    @Test
    void cells_of_two_rows_are_at_least_128_bytes_apart() {
        for (int width : new int[] {1, 15, 16, 17}) {
            PaddedRows rows = new PaddedRows(4, width);
            for (int row = 1; row < 4; row++)
                assertThat(rows.at(row, 0) - rows.at(row - 1, width - 1)).isGreaterThan(LINE_IN_LONGS);
            assertThat(rows.at(0, 0)).isGreaterThanOrEqualTo(LINE_IN_LONGS);
        }
    }

    @Test
    void a_cell_is_its_own() {
        PaddedRows rows = new PaddedRows(3, 2);
        rows.add(1, 1, 5);
        rows.add(2, 1, 7);
        assertThat(rows.get(1, 1)).isEqualTo(5);
        assertThat(rows.get(1, 0)).isZero();
        assertThat(rows.get(0, 1)).isZero();
        assertThat(rows.sum(1)).isEqualTo(12);
        assertThat(rows.sum(0)).isZero();
    }

    @Test
    void raise_never_lowers() {
        PaddedRows rows = new PaddedRows(1, 1);
        rows.raise(0, 0, 9);
        rows.raise(0, 0, 4);
        assertThat(rows.get(0, 0)).isEqualTo(9);
    }

    @Test
    void a_cell_of_the_gap_cannot_be_reached() {
        PaddedRows rows = new PaddedRows(2, 3);
        assertThatThrownBy(() -> rows.add(0, 3, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rows.add(2, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rows.get(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new PaddedRows(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
