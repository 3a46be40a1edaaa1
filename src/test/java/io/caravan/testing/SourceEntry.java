package io.caravan.testing;

import java.util.Optional;

/**
 * One entry of a page.
 *
 * @param fullUrl its {@code fullUrl}, if it has one
 * @param mode its {@code search.mode}, if it has one
 */
record SourceEntry(Optional<String> fullUrl, byte[] resource, Optional<String> mode) {

    private static final String MATCH = "match";

    static SourceEntry match(String baseUrl, SourceResource resource) {
        return new SourceEntry(Optional.of(baseUrl + "/" + resource.key()), resource.json(), Optional.of(MATCH));
    }

    static SourceEntry include(String baseUrl, SourceResource resource) {
        return match(baseUrl, resource).withMode(Optional.of("include"));
    }

    /** An OperationOutcome among the matches. */
    static SourceEntry outcome(byte[] outcome) {
        return new SourceEntry(Optional.empty(), outcome, Optional.of("outcome"));
    }

    boolean isMatch() {
        return mode.equals(Optional.of(MATCH));
    }

    SourceEntry withMode(Optional<String> other) {
        return new SourceEntry(fullUrl, resource, other);
    }

    SourceEntry with(byte[] other) {
        return new SourceEntry(fullUrl, other, mode);
    }
}
