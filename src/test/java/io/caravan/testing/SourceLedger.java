package io.caravan.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The requests a simulator got, in the order of arrival. A request is in it from its arrival on, without an answer; of
 * more than it keeps, the oldest half is dropped.
 */
final class SourceLedger {

    private final String basePath;
    private final int kept;
    private final TreeMap<Long, SourceRequest> requests = new TreeMap<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private long arrivals;
    private int open;
    private int mostOpen;

    /** Where an arrived request stands in the ledger. */
    record Entry(long number, SourceRequest request) {}

    SourceLedger(String basePath, int kept) {
        this.basePath = basePath;
        this.kept = kept;
    }

    synchronized Entry arrived(SourceMessage message) {
        String path = message.path();
        SourceRequest request = new SourceRequest(
                seen.merge(message.method() + " " + path, 1, Integer::sum),
                Instant.now(),
                System.nanoTime(),
                message.method(),
                path,
                target(path),
                message.query(),
                message.headers(),
                message.body(),
                Optional.empty());
        if (requests.size() >= kept) {
            dropTheOldest();
        }
        requests.put(++arrivals, request);
        open++;
        mostOpen = Math.max(mostOpen, open);
        return new Entry(arrivals, request);
    }

    private void dropTheOldest() {
        List<Long> numbers = new ArrayList<>(requests.keySet());
        requests.headMap(numbers.get(numbers.size() / 2)).clear();
        seen.clear();
    }

    /** Called before the first byte of the answer leaves, so that a client never sees more than the ledger. */
    synchronized void answered(Entry entry, SourceAnswer answer) {
        open--;
        if (answer.delivery() == SourceAnswer.Delivery.NONE) {
            return;
        }
        Instant now = Instant.now();
        SourceRequest.Answered answered = new SourceRequest.Answered(
                answer.status(), now, System.nanoTime(), SourceWaits.told(answer.headers(), now));
        requests.computeIfPresent(entry.number(), (number, request) -> request.answered(answered));
    }

    synchronized List<SourceRequest> requests() {
        return List.copyOf(requests.values());
    }

    /** How many requests ever arrived. */
    synchronized long arrivals() {
        return arrivals;
    }

    synchronized int mostAtOnce() {
        return mostOpen;
    }

    synchronized void clear() {
        requests.clear();
        seen.clear();
        mostOpen = open;
    }

    /** What follows the base path; empty for a path outside it. */
    private String target(String path) {
        String here = path.startsWith(FaultyPages.MOVED + "/") ? path.substring(FaultyPages.MOVED.length()) : path;
        return here.startsWith(basePath + "/") ? decode(here.substring(basePath.length() + 1)) : "";
    }

    private static String decode(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }
}
