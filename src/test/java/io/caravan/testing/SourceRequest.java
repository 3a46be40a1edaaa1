package io.caravan.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request that reached a {@link SourceSimulator}.
 *
 * @param nth the how-manieth request with this method and path, from 1; the pages of a search share a path
 * @param at when it arrived
 * @param nanos the same by the monotonic clock ({@link System#nanoTime})
 * @param path as sent, percent-encoding kept, the base path included
 * @param target the path below the base path, decoded: {@code metadata}, {@code Observation}, {@code Patient/1}
 * @param rawQuery as sent, byte for byte; empty if there was none
 * @param headers by name, whatever its case
 * @param body of a POST; empty if there was none
 * @param answered what was answered; empty while the request waits, and if it was never answered
 */
public record SourceRequest(
        int nth,
        Instant at,
        long nanos,
        String method,
        String path,
        String target,
        String rawQuery,
        Map<String, List<String>> headers,
        String body,
        Optional<Answered> answered) {

    /** Where tokens are issued, outside of the API's base path. */
    static final String TOKEN_PATH = "/oauth2/token";

    /**
     * An answer, by the moment before its first byte left.
     *
     * @param told how long the client was told to stay away
     */
    public record Answered(int status, Instant at, long nanos, Optional<Duration> told) {}

    /** What was answered; 0 while the request waits, and if it was never answered. */
    public int status() {
        return answered.map(Answered::status).orElse(0);
    }

    /** The resource type asked for; {@code metadata} for the CapabilityStatement. */
    public String type() {
        return target.contains("/") ? target.substring(0, target.indexOf('/')) : target;
    }

    /** The id of a read, empty for a search. */
    public String id() {
        return target.contains("/") ? target.substring(target.indexOf('/') + 1) : "";
    }

    public boolean isMetadata() {
        return target.equals("metadata");
    }

    /** A request for a token. */
    public boolean isToken() {
        return path.equals(TOKEN_PATH);
    }

    /** A search of any type, whichever page of it. */
    public boolean isSearch() {
        return !isMetadata() && !target.isEmpty() && id().isEmpty();
    }

    public boolean isSearch(String type) {
        return isSearch() && type().equals(type);
    }

    /** The first page of a search, whose query has parameters. */
    public boolean isFirstPage() {
        return isSearch() && !isNextPage();
    }

    /** A page of a search reached by a {@code next} link. */
    public boolean isNextPage() {
        return id().isEmpty() && rawQuery.startsWith(SourcePaging.PREFIX);
    }

    /** The number of a search's page, from 1. */
    public int page() {
        return isNextPage() ? SourcePaging.number(rawQuery) : 1;
    }

    public boolean isRead() {
        return !target.startsWith(".well-known/") && !id().isEmpty();
    }

    public boolean isRead(String type) {
        return isRead() && type().equals(type);
    }

    public boolean isRead(String type, String id) {
        return isRead(type) && id().equals(id);
    }

    /** Path and query as sent, which tells one URL of this source from another. */
    public String url() {
        return rawQuery.isEmpty() ? path : path + "?" + rawQuery;
    }

    /** The query, decoded, in its order. */
    public Map<String, List<String>> parameters() {
        return decoded(rawQuery);
    }

    /** The first value of a parameter. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters().get(name)).map(values -> values.get(0));
    }

    /** The fields of a form that was posted. */
    public Optional<String> field(String name) {
        return Optional.ofNullable(decoded(body).get(name)).map(values -> values.get(0));
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(values -> values.get(0));
    }

    /** The Authorization header, which only the source's own origin may see. */
    public Optional<String> authorization() {
        return header("Authorization");
    }

    SourceRequest answered(Answered answer) {
        return new SourceRequest(nth, at, nanos, method, path, target, rawQuery, headers, body, Optional.of(answer));
    }

    private static Map<String, List<String>> decoded(String form) {
        Map<String, List<String>> decoded = new LinkedHashMap<>();
        for (String pair : form.split("&")) {
            String[] parts = pair.split("=", 2);
            if (!parts[0].isEmpty()) {
                String value = parts.length == 2 ? decode(parts[1]) : "";
                decoded.computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
                        .add(value);
            }
        }
        return decoded;
    }

    /** Text with a broken escape stays as it is. */
    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
