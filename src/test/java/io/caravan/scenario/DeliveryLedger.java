package io.caravan.scenario;

import io.caravan.testing.Flow.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What was committed and what was delivered, and whether the one follows from the other. */
final class DeliveryLedger {

    /**
     * @param commits versions committed
     * @param deliveries versions delivered
     * @param lost committed versions after which neither they nor a newer one of their record was delivered
     * @param twice versions delivered more than once
     * @param backwards versions delivered after a newer one of their record
     * @param unknown versions delivered that were never committed
     * @param differing records whose last delivered version is not the store's
     */
    record Verdict(int commits, int deliveries, int lost, int twice, int backwards, int unknown, int differing) {

        boolean clean() {
            return lost + twice + backwards + unknown + differing == 0;
        }
    }

    private final Map<String, List<String>> committed = new ConcurrentHashMap<>();
    private final Map<String, List<String>> delivered = new ConcurrentHashMap<>();

    /** Called by a writer that holds the records' row locks and is about to commit: so the order is the commits'. */
    void commit(Collection<String> keys, String version) {
        keys.forEach(key -> note(committed, key, version));
    }

    void deliver(Collection<Version> versions) {
        versions.forEach(v -> note(delivered, v.key(), v.version()));
    }

    private static void note(Map<String, List<String>> book, String key, String version) {
        book.compute(key, (k, versions) -> {
            List<String> longer = versions == null ? new ArrayList<>() : versions;
            longer.add(version);
            return longer;
        });
    }

    Verdict verdict(Collection<Version> store) {
        int lost = 0;
        int twice = 0;
        int backwards = 0;
        int unknown = 0;
        for (Map.Entry<String, List<String>> history : committed.entrySet()) {
            List<String> versions = history.getValue();
            int newest = -1;
            Set<String> seen = new HashSet<>();
            for (String version : delivered.getOrDefault(history.getKey(), List.of())) {
                int at = versions.indexOf(version);
                unknown += at < 0 ? 1 : 0;
                twice += seen.add(version) ? 0 : 1;
                backwards += at >= 0 && at < newest ? 1 : 0;
                newest = Math.max(newest, at);
            }
            lost += versions.size() - 1 - newest;
        }
        for (String key : delivered.keySet()) {
            unknown += committed.containsKey(key) ? 0 : 1;
        }
        return new Verdict(size(committed), size(delivered), lost, twice, backwards, unknown, differing(store));
    }

    private int differing(Collection<Version> store) {
        int differing = 0;
        Set<String> stored = new HashSet<>();
        for (Version version : store) {
            stored.add(version.key());
            List<String> versions = delivered.getOrDefault(version.key(), List.of());
            boolean same =
                    !versions.isEmpty() && versions.get(versions.size() - 1).equals(version.version());
            differing += same ? 0 : 1;
        }
        for (String key : delivered.keySet()) {
            differing += stored.contains(key) ? 0 : 1;
        }
        return differing;
    }

    private static int size(Map<String, List<String>> book) {
        return book.values().stream().mapToInt(List::size).sum();
    }
}
