package io.caravan.pull;

import io.caravan.store.PageWarning;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is said of references that were not followed to their end; pure. */
final class ReferenceWarnings {

    private ReferenceWarnings() {}

    /** @param counts how many references have come to each status of {@code pull_reference} */
    static List<PageWarning> of(Map<String, Integer> counts, int rounds) {
        return Stream.of(
                        warning(counts, "refused", "reference_refused", "the source refuses to give (403)"),
                        warning(counts, "missing", "reference_missing", "the source does not have (404)"),
                        warning(counts, "unreadable", "reference_unreadable", "the source does not give as they are"),
                        warning(counts, "other_patient", "other_patient", "are another patient's: they were not kept"),
                        warning(
                                counts,
                                "pending",
                                "references_too_deep",
                                "lie more than %d references away (caravan.pull.reference-rounds)".formatted(rounds)))
                .flatMap(List::stream)
                .toList();
    }

    private static List<PageWarning> warning(Map<String, Integer> counts, String status, String code, String what) {
        int n = counts.getOrDefault(status, 0);
        return n == 0
                ? List.of()
                : List.of(new PageWarning(code, "%d resources that others refer to %s.".formatted(n, what)));
    }
}
