package io.caravan.testing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request that reached a {@link SourceSimulator}.
 *
 * @param nth the how-manieth request with this method and path, from 1; the pages of a search share a path
 * @param path as sent, percent-encoding kept, the base path included
 * @param target the path below the base path, decoded: {@code metadata}, {@code Observation}, {@code Patient/1}
 * @param rawQuery as sent, byte for byte; empty if there was none
 * @param headers by name, whatever its case
 * @param status what was answered; 0 while the request waits, and if it was never answered
 */
public record SourceRequest(
        int nth,
        Instant at,
        String method,
        String path,
        String target,
        String rawQuery,
        Map<String, List<String>> headers,
        int status) {

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

    /** A search of any type, whichever page of it. */
    public boolean isSearch() {
        return !isMetadata() && !target.isEmpty() && id().isEmpty();
    }

    public boolean isSearch(String type) {
        return isSearch() && type().equals(type);
    }

    /** A page of a search reached by a {@code next} link. */
    public boolean isNextPage() {
        return isSearch() && rawQuery.startsWith(SourcePaging.PREFIX);
    }

    public boolean isRead() {
        return !id().isEmpty();
    }

    public boolean isRead(String type) {
        return isRead() && type().equals(type);
    }

    public boolean isRead(String type, String id) {
        return isRead(type) && id().equals(id);
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(values -> values.get(0));
    }

    /** The Authorization header, which only the source's own origin may see. */
    public Optional<String> authorization() {
        return header("Authorization");
    }

    SourceRequest answered(int status) {
        return new SourceRequest(nth, at, method, path, target, rawQuery, headers, status);
    }
}
