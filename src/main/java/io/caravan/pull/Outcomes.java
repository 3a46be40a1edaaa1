package io.caravan.pull;

import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile;
import io.caravan.store.Page;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the codes of a source's OperationOutcomes mean, as its profile says (sources.md 12, 15); pure. */
final class Outcomes {

    /** The stable code of a warning that says that there may be more than the source returned. */
    static final String INCOMPLETE = "incomplete";

    private static final Set<String> FAILURES = Set.of("fatal", "error");

    private Outcomes() {}

    /** The warnings that are worth keeping. */
    static List<PageWarning> kept(SourceProfile.Outcomes means, List<PageWarning> warnings) {
        return warnings.stream()
                .filter(warning -> !hasOneOf(warning, means.noResults()))
                .map(warning -> hasOneOf(warning, means.incomplete()) ? incomplete(warning) : warning)
                .toList();
    }

    /** Whether the source says that the walk must begin again. */
    static boolean pagingExpired(SourceProfile.Outcomes means, List<PageWarning> warnings) {
        return warnings.stream().anyMatch(warning -> hasOneOf(warning, means.pagingExpired()));
    }

    /**
     * A search is answered by a Bundle. An OperationOutcome in its place can stand for an empty one; where it says that
     * something failed, or breaks off a walk, what would have come is missing.
     *
     * @param first whether nothing of the walk has landed yet
     * @throws SourceException where the answer is no page
     */
    static void refuseOtherThanPage(SourceProfile.Outcomes means, Page answer, boolean first) {
        if (answer.type().equals("Bundle")) {
            return;
        }
        if (!answer.type().equals("OperationOutcome")) {
            throw SourceException.permanent(
                    ErrorCode.SOURCE_NOT_FHIR,
                    SourceException.Outcome.FAILED,
                    "The source answered a search with a single resource, not with a Bundle.");
        }
        List<PageWarning> said = answer.warnings();
        boolean nothing = said.stream().anyMatch(warning -> hasOneOf(warning, means.noResults()));
        boolean failed = said.stream().anyMatch(warning -> FAILURES.contains(warning.severity()));
        if (!nothing && (failed || !first)) {
            throw SourceException.passing(
                    ErrorCode.SOURCE_ERROR,
                    "The source answered with an OperationOutcome where a page should be: %s."
                            .formatted(said.get(0).message()),
                    null);
        }
    }

    /** Whether one of the codes that came with a refusal says so. */
    static boolean pagingExpired(SourceProfile.Outcomes means, Collection<String> codes) {
        return !Collections.disjoint(codes, means.pagingExpired());
    }

    /** Whether the source refuses a query because it does not know what that asks for. */
    static boolean unsupported(SourceProfile.Outcomes means, Collection<String> codes) {
        return !Collections.disjoint(codes, means.unsupported());
    }

    private static PageWarning incomplete(PageWarning warning) {
        return new PageWarning(
                INCOMPLETE,
                "The record may be incomplete: " + warning.message(),
                warning.severity(),
                warning.codings());
    }

    private static boolean hasOneOf(PageWarning warning, Set<String> codes) {
        return Stream.concat(Stream.of(warning.code()), warning.codings().stream())
                .anyMatch(codes::contains);
    }
}
