package io.caravan.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Lets one thread of this process do a thing, and gives its outcome to all that want the same meanwhile. */
final class SingleFlight<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    /** An outcome, and whether it was this caller who did the work. */
    record Landed<V>(V value, boolean own) {}

    /** Whatever the work throws, is thrown to everybody who waited for it. */
    Landed<V> join(K key, Supplier<V> work) {
        CompletableFuture<V> own = new CompletableFuture<>();
        CompletableFuture<V> flight = flights.putIfAbsent(key, own);
        return flight == null ? new Landed<>(lead(key, own, work), true) : new Landed<>(follow(flight), false);
    }

    private V lead(K key, CompletableFuture<V> own, Supplier<V> work) {
        try {
            V value = work.get();
            own.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, own);
        }
    }

    private static <V> V follow(CompletableFuture<V> flight) {
        try {
            return flight.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("What was waited for failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for another thread's work", e);
        }
    }
}
