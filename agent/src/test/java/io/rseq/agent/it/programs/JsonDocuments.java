/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes documents and reads them again with Jackson, on platform and virtual threads, and says from which pool, by Jackson's version 2 or 3. With
 * the argument {@code attach} it makes a factory before it is told to go on.
 */
abstract class JsonDocuments<F> {
    private static final int THREADS = 8;
    private static final int VIRTUAL_THREADS = 500;
    private static final int DOCUMENTS = 200;
    private static final int DOCUMENTS_OF_VIRTUAL = 2;
    private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

    /** What nobody told which pool to use. */
    abstract F make();

    abstract F makeWithChosenPool();

    abstract byte[] write(F factory, int number) throws IOException;

    /** The number. */
    abstract int read(F factory, byte[] document) throws IOException;

    /** As Jackson's users could ask. */
    abstract Object pool(F factory);

    final void run(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("attach")) {
            F before = make();
            System.out.println("ready");
            new Scanner(System.in, StandardCharsets.UTF_8).nextLine();
            System.out.println("before=" + name(before));
            check(before, 1);
        }
        F factory = make();
        System.out.println("default=" + name(factory));
        System.out.println("same=" + (pool(factory) == pool(make())));
        System.out.println("loader="
                + (pool(factory).getClass().getClassLoader()
                        == factory.getClass().getClassLoader()));
        System.out.println("domain="
                + pool(factory)
                        .getClass()
                        .getProtectionDomain()
                        .equals(factory.getClass().getProtectionDomain()));
        System.out.println("module="
                + (pool(factory).getClass().getModule() == factory.getClass().getModule()));
        System.out.println("wrong=" + (documents() - rightOnThreads(factory)));
        System.out.println("idle=" + idle(factory));
        F chosen = makeWithChosenPool();
        System.out.println("chosen=" + name(chosen));
        check(chosen, 2);
        byte[] stream = serialized(factory);
        System.out.println("foreign=" + new String(stream, StandardCharsets.ISO_8859_1).contains("Rseq"));
        F again = deserialized(stream);
        System.out.println("again=" + name(again));
        check(again, 3);
    }

    private String name(F factory) {
        return pool(factory).getClass().getSimpleName();
    }

    private static long documents() {
        return THREADS * DOCUMENTS + (VIRTUAL ? VIRTUAL_THREADS * DOCUMENTS_OF_VIRTUAL : 0);
    }

    /** How many documents were read as they were written. */
    private long rightOnThreads(F factory) throws Exception {
        AtomicLong right = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(new Thread(() -> right.addAndGet(right(factory, DOCUMENTS))));
        for (int i = 0; i < VIRTUAL_THREADS && VIRTUAL; i++)
            threads.add(virtual(() -> right.addAndGet(right(factory, DOCUMENTS_OF_VIRTUAL))));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        return right.get();
    }

    private static Thread virtual(Runnable task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (Thread) Class.forName("java.lang.Thread$Builder")
                .getMethod("unstarted", Runnable.class)
                .invoke(builder, task);
    }

    private int right(F factory, int documents) {
        int right = 0;
        for (int i = 0; i < documents; i++) {
            check(factory, i);
            right++;
        }
        return right;
    }

    private void check(F factory, int number) {
        try {
            if (read(factory, write(factory, number)) != number) throw new IllegalStateException("wrong: " + number);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** What Jackson's users can ask since 2.18; -1 before. */
    private int idle(F factory) throws ReflectiveOperationException {
        Method count;
        try {
            count = pool(factory).getClass().getMethod("pooledCount");
        } catch (NoSuchMethodException none) {
            return -1;
        }
        count.setAccessible(true);
        return (int) count.invoke(pool(factory));
    }

    private byte[] serialized(F factory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(factory);
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings("unchecked")
    private F deserialized(byte[] stream) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(stream)) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass type) throws ClassNotFoundException {
                return Class.forName(type.getName(), false, JsonDocuments.class.getClassLoader());
            }
        }) {
            return (F) in.readObject();
        }
    }
}
