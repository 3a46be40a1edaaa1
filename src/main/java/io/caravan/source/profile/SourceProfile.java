package io.caravan.source.profile;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.util.unit.DataSize;

/**
 * How one vendor's servers are asked, and how their answers are read. Data, not code: each component is a key of the
 * profile's file, in snake case; docs/adding-a-vendor-profile.md explains them.
 *
 * @param pageSize resources to ask for in a page; a hint that sources may ignore
 * @param pageCap pages of one query, before it is given up
 * @param ids which ids a new source of this vendor lands under, where its settings leave it open
 */
public record SourceProfile(
        String name,
        String description,
        Detect detect,
        int pageSize,
        int pageCap,
        Headers headers,
        Queries queries,
        LastUpdated lastUpdated,
        Provenance provenance,
        Limits limits,
        Outcomes outcomes,
        Next next,
        Attachments attachments,
        Ids ids) {

    /**
     * Texts by which the vendor is known, in lower case: one of them is contained in the CapabilityStatement's
     * {@code software.name}, {@code publisher}, or {@code implementation.description} or {@code url}.
     */
    public record Detect(List<String> software, List<String> publisher, List<String> implementation) {

        static final Detect NEVER = new Detect(List.of(), List.of(), List.of());

        public Detect {
            software = List.copyOf(software);
            publisher = List.copyOf(publisher);
            implementation = List.copyOf(implementation);
        }
    }

    /** What a request is for. */
    public enum Kind {
        METADATA,
        SEARCH,
        READ,
        BINARY
    }

    /** The headers of each kind of request, by name; a kind without {@code Accept} is sent without one. */
    public record Headers(
            Map<String, String> metadata,
            Map<String, String> search,
            Map<String, String> read,
            Map<String, String> binary) {

        public Headers {
            metadata = Map.copyOf(metadata);
            search = Map.copyOf(search);
            read = Map.copyOf(read);
            binary = Map.copyOf(binary);
        }

        public Map<String, String> of(Kind kind) {
            return switch (kind) {
                case METADATA -> metadata;
                case SEARCH -> search;
                case READ -> read;
                case BINARY -> binary;
            };
        }
    }

    /**
     * What is asked for.
     *
     * @param order types that are asked for first, in this order
     * @param leaveOut types that are not searched, whatever the CapabilityStatement says
     * @param bestEffort types that are searched where there is no CapabilityStatement
     * @param types how a type is searched, where that is not plainly by patient
     */
    public record Queries(
            List<String> order, Set<String> leaveOut, List<String> bestEffort, Map<String, TypeQueries> types) {

        public Queries {
            order = List.copyOf(order);
            leaveOut = Set.copyOf(leaveOut);
            bestEffort = List.copyOf(bestEffort);
            types = Map.copyOf(types);
        }

        public TypeQueries of(String type) {
            return types.getOrDefault(type, TypeQueries.PLAIN);
        }
    }

    /**
     * How one type is searched.
     *
     * @param patientParameter the name of the parameter that carries the patient's id; empty: as the CapabilityStatement
     *     says, {@code patient} before {@code subject}
     * @param parameters one query each, with these parameters beside the patient; empty: one plain query
     * @param pageSize of this type; 0: without {@code _count}; empty: the profile's
     */
    public record TypeQueries(
            Optional<String> patientParameter, List<Map<String, String>> parameters, Optional<Integer> pageSize) {

        static final TypeQueries PLAIN = new TypeQueries(Optional.empty(), List.of(), Optional.empty());

        public TypeQueries {
            parameters = parameters.stream()
                    .map(set -> Collections.unmodifiableMap(new LinkedHashMap<>(set)))
                    .toList();
        }
    }

    /** Whether the source answers {@code _lastUpdated} truly. */
    public enum Support {
        TRUE,
        FALSE,
        /** For the types whose CapabilityStatement declares the search parameter. */
        DECLARED
    }

    /**
     * When the next pull asks only for what has changed.
     *
     * @param except types that are walked whole each time nevertheless
     * @param overlap how far a pull looks back behind the one before it
     * @param fullWalkEvery how often a type is walked whole all the same: what was deleted shows in no delta
     */
    public record LastUpdated(Support supported, Set<String> except, Duration overlap, Duration fullWalkEvery) {

        public LastUpdated {
            except = Set.copyOf(except);
        }
    }

    /** How Provenance is asked for: with what it is about ({@code _revinclude=Provenance:target}), or not at all. */
    public enum Provenance {
        REVINCLUDE,
        NONE
    }

    /**
     * How much the source bears, over all nodes. Empty: as {@code caravan.pull} says; no budget.
     *
     * @param concurrency requests at once
     * @param requestsPerMinute the rate budget
     * @param burst requests that may come at once before the budget holds them back
     * @param attempts tries of one request before its task fails
     * @param firstWait before the second try; doubles from there
     * @param longestWait between two tries, whatever the source asks for
     */
    public record Limits(
            Optional<Integer> concurrency,
            Optional<Integer> requestsPerMinute,
            int burst,
            Optional<Integer> attempts,
            Optional<Duration> firstWait,
            Optional<Duration> longestWait) {}

    /**
     * What codes in an OperationOutcome mean.
     *
     * @param noResults there is nothing, and that is no warning
     * @param incomplete what is returned may not be all: a completeness warning
     * @param pagingExpired the walk must begin again
     * @param unsupported the source does not know what the query asks for: there is nothing to be had by it
     */
    public record Outcomes(
            Set<String> noResults, Set<String> incomplete, Set<String> pagingExpired, Set<String> unsupported) {

        public Outcomes {
            noResults = Set.copyOf(noResults);
            incomplete = Set.copyOf(incomplete);
            pagingExpired = Set.copyOf(pagingExpired);
            unsupported = Set.copyOf(unsupported);
        }
    }

    /** @param rebase whether a next link to another host is taken as one to the source's own base */
    public record Next(boolean rebase) {}

    /**
     * Which attachments are fetched.
     *
     * @param types MIME types, {@code text/*} and {@code *}{@code /*} included
     * @param largest one that is larger is not fetched
     */
    public record Attachments(boolean pull, Set<String> types, DataSize largest) {

        public Attachments {
            types = Set.copyOf(types);
        }
    }

    /** {@code SCOPED} for a vendor whose ids servers refuse: only digits, or longer than 64 characters. */
    public enum Ids {
        ANY,
        SCOPED
    }
}
