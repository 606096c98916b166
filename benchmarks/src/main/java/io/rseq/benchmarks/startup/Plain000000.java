/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The template of the classes without annotation that {@link GeneratedClasses} makes: the digits of the name become each one's own. An
 * ordinary class of an application, with some fields, methods, strings and lambdas, and the constant pool that goes with them.
 */
public final class Plain000000 {
    private static final double DISCOUNT = 0.85;
    private static final long LARGE = 10_000_000_000L;

    private final String customer;
    private final Map<String, List<Long>> amounts = new HashMap<>();
    private long total;
    private boolean closed;

    public Plain000000(String customer) {
        this.customer = Objects.requireNonNull(customer, "customer");
    }

    /** Adds one amount. */
    public Plain000000 add(String article, long amount) {
        if (closed) throw new IllegalStateException("the order of " + customer + " is closed");
        if (amount < 0) throw new IllegalArgumentException("negative amount " + amount + " of " + article);
        amounts.computeIfAbsent(article, key -> new ArrayList<>()).add(amount);
        total += amount;
        return this;
    }

    /** The price to pay. */
    public double price() {
        return total > LARGE ? total * DISCOUNT : total;
    }

    /** Articles, the dearest first. */
    public List<String> articles() {
        List<String> articles = new ArrayList<>(amounts.keySet());
        articles.sort(Comparator.comparingLong(this::sum).reversed());
        return articles;
    }

    /** No more of them. */
    public synchronized void close() {
        closed = true;
        amounts.replaceAll((article, list) -> List.copyOf(list));
    }

    private long sum(String article) {
        long sum = 0;
        for (long amount : amounts.getOrDefault(article, List.of())) sum += amount;
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Plain000000 && ((Plain000000) other).customer.equals(customer);
    }

    @Override
    public int hashCode() {
        return customer.hashCode();
    }

    @Override
    public String toString() {
        return "Order[customer=" + customer + ", total=" + total + ", closed=" + closed + "]";
    }
}
