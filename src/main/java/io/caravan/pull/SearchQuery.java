package io.caravan.pull;

import io.caravan.support.UrlSegment;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The text of a search, relative to the source's base: how it is made, and what it is without what a source refuses; pure. */
final class SearchQuery {

    static final String PROVENANCE = "Provenance:target";

    private static final String REVINCLUDE = "&_revinclude=" + PROVENANCE;
    private static final String LAST_UPDATED = "&_lastUpdated=ge";

    /** Answers that may mean a parameter, not the type: servers differ. */
    private static final Set<Integer> REFUSALS = Set.of(400, 403, 404, 405, 406, 422, 501);

    private final StringBuilder text;

    private SearchQuery(String start) {
        text = new StringBuilder(start);
    }

    /** @param patient percent-encoded */
    static SearchQuery of(String type, String patientParameter, String patient) {
        return new SearchQuery(type + "?" + patientParameter + "=" + patient);
    }

    /** What of it stays the same from pull to pull. */
    static String key(String type, Map<String, String> parameters) {
        return type + "?" + joined(parameters);
    }

    SearchQuery with(Map<String, String> parameters) {
        if (!parameters.isEmpty()) {
            text.append('&').append(joined(parameters));
        }
        return this;
    }

    /** @param count 0: without */
    SearchQuery count(int count) {
        if (count > 0) {
            text.append("&_count=").append(count);
        }
        return this;
    }

    SearchQuery withProvenance(boolean with) {
        text.append(with ? REVINCLUDE : "");
        return this;
    }

    SearchQuery changedSince(Optional<Instant> since) {
        since.ifPresent(instant -> text.append(LAST_UPDATED)
                .append(DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS))));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    static boolean asksForProvenance(String query) {
        return query.contains(REVINCLUDE);
    }

    /** Whether it returns everything there is, not only what has changed. */
    static boolean isFullWalk(String query) {
        return !query.contains(LAST_UPDATED);
    }

    /**
     * The query to try next where a source refused this one for good: without Provenance, then without
     * {@code _lastUpdated} (sources.md 6, 7). Empty where there is nothing to leave out.
     *
     * @param status what the source answered; a 403 says nothing of {@code _lastUpdated}
     */
    static Optional<String> simpler(String query, int status) {
        if (!REFUSALS.contains(status)) {
            return Optional.empty();
        }
        if (asksForProvenance(query)) {
            return Optional.of(query.replace(REVINCLUDE, ""));
        }
        if (isFullWalk(query) || status == 403) {
            return Optional.empty();
        }
        return Optional.of(query.replaceFirst("&_lastUpdated=ge[^&]*", ""));
    }

    private static String joined(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + value(parameter.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** A comma is one of FHIR's own: it separates alternatives. */
    private static String value(String text) {
        return UrlSegment.encode(text).replace("%2C", ",");
    }
}
