package io.caravan.testing;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every request a simulator got, in the order of arrival. A request is in it from its arrival on, without a status. */
final class SourceLedger {

    /** Where an arrived request stands in the ledger. */
    record Entry(int generation, int index, SourceRequest request) {}

    private final String basePath;
    private final List<SourceRequest> requests = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private int generation;
    private int open;
    private int mostOpen;

    SourceLedger(String basePath) {
        this.basePath = basePath;
    }

    synchronized Entry arrived(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getRawPath();
        String query = exchange.getRequestURI().getRawQuery();
        SourceRequest request = new SourceRequest(
                seen.merge(method + " " + path, 1, Integer::sum),
                Instant.now(),
                method,
                path,
                target(path),
                query == null ? "" : query,
                headers(exchange),
                0);
        requests.add(request);
        open++;
        mostOpen = Math.max(mostOpen, open);
        return new Entry(generation, requests.size() - 1, request);
    }

    /** Called before the first byte of the answer leaves, so that a client never sees more than the ledger. */
    synchronized void answered(Entry entry, int status) {
        open--;
        if (entry.generation() == generation) {
            requests.set(entry.index(), entry.request().answered(status));
        }
    }

    synchronized List<SourceRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized int mostAtOnce() {
        return mostOpen;
    }

    synchronized void clear() {
        generation++;
        requests.clear();
        seen.clear();
        mostOpen = open;
    }

    /** What follows the base path; empty for a path outside it. */
    private String target(String path) {
        return path.startsWith(basePath + "/") ? decode(path.substring(basePath.length() + 1)) : "";
    }

    private static String decode(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, List<String>> headers(HttpExchange exchange) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
        return Collections.unmodifiableMap(headers);
    }
}
