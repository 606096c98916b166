/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockedStackTest {
    private final LockedStack stack = new LockedStack(4);

    @Test
    void moves_as_many_as_there_is_room_for_the_top_first() {
        fill(stack, 1, 2, 3);
        LockedStack other = new LockedStack(2);
        stack.giveTo(other, 3);
        assertThat(drained(other)).containsExactly(2L, 3L);
        other.takeFrom(stack, 100);
        assertThat(stack.isEmpty()).isTrue();
        assertThat(drained(other)).containsExactly(1L);
    }

    @Test
    void hands_all_over_at_once_or_on_top_of_what_is_there() {
        fill(stack, 1, 2);
        LockedStack all = own();
        stack.giveAllTo(all);
        assertThat(stack.size()).isZero();
        fill(stack, 3, 4, 5, 6);
        assertThat(stack.push(7)).isFalse();
        stack.giveAllTo(all);
        assertThat(stack.pop()).isEqualTo(LockedStack.EMPTY);
        assertThat(drained(all)).containsExactly(3L, 4L, 5L, 6L, 2L, 1L);
    }

    @Test
    void retired_takes_nothing_more_and_pops_what_it_has() {
        fill(stack, 1, 2);
        stack.retire();
        assertThat(stack.push(3)).isFalse();
        assertThat(drained(stack)).containsExactly(2L, 1L);
        assertThat(stack.size()).isZero();
    }

    private static LockedStack own(long... values) {
        LockedStack own = new LockedStack(Integer.MAX_VALUE);
        fill(own, values);
        return own;
    }

    private static void fill(LockedStack stack, long... values) {
        for (long value : values) assertThat(stack.push(value)).isTrue();
    }

    private static List<Long> drained(LockedStack stack) {
        List<Long> values = new ArrayList<>();
        for (long value = stack.pop(); value != LockedStack.EMPTY; value = stack.pop()) values.add(value);
        return values;
    }
}
