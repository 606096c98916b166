/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockedStackTest {
    private final LockedStack stack = new LockedStack(4);

    @Test
    void takes_over_what_comes_back_over_the_bound_and_takes_no_more_until_there_is_room() {
        fill(stack, 1, 2, 3);
        stack.takeOver(own(4, 5));
        stack.takeOver(own(6));
        assertThat(stack.size()).isEqualTo(6);
        assertThat(stack.push(7)).isFalse();
        assertThat(drained(stack)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(stack.size()).isZero();
        fill(stack, 1, 2, 3, 4);
        assertThat(stack.push(5)).isFalse();
    }

    @Test
    void is_never_seen_empty_while_there_is_something_below() {
        fill(stack, 1);
        stack.takeOver(own(2));
        assertThat(stack.pop()).isEqualTo(1);
        assertThat(stack.isEmpty()).isFalse();
        assertThat(stack.lockedCount()).isEqualTo(1);
        assertThat(stack.pop()).isEqualTo(2);
        assertThat(stack.pop()).isEqualTo(LockedStack.EMPTY);
    }

    @Test
    void moves_what_lies_below_as_well() {
        fill(stack, 1, 2);
        stack.takeOver(own(3, 4));
        stack.takeOver(own(5));
        LockedStack other = new LockedStack(100);
        stack.giveTo(other, 3);
        assertThat(other.size()).isEqualTo(3);
        assertThat(stack.size()).isEqualTo(2);
        other.takeFrom(stack, 100);
        assertThat(stack.isEmpty()).isTrue();
        assertThat(drained(other)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void hands_all_over_at_once_or_behind_what_is_there() {
        fill(stack, 1, 2);
        stack.takeOver(own(3));
        LockedStack all = own();
        stack.giveAllTo(all);
        assertThat(stack.size()).isZero();
        fill(stack, 4);
        stack.giveAllTo(all);
        assertThat(all.size()).isEqualTo(4);
        assertThat(drained(all)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    }

    @Test
    void retired_takes_nothing_more() {
        fill(stack, 1, 2);
        LockedStack all = own();
        stack.retireTo(all);
        assertThat(drained(all)).containsExactly(2L, 1L);
        assertThat(stack.push(3)).isFalse();
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
