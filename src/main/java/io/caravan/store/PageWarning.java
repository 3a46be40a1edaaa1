package io.caravan.store;

import java.util.List;

/**
 * Something on a page that is not a record: what the source said in an OperationOutcome, or a resource that cannot land
 * (product.md § 2, step 5). Fit for the dashboard: it names types and entry numbers, never ids or content.
 *
 * @param code {@code missing_id}, {@code id_refused}, {@code unknown_type}, {@code ambiguous_id}, or for an outcome the first code of {@code details.coding}, else its issue code, else
 *     {@code outcome}
 * @param message one line; the source's own words in it are capped at 300 characters
 * @param severity {@code fatal}, {@code error}, {@code warning} or {@code information} as sent; {@code warning} for ours
 * @param codings the first ten codes of {@code details.coding}, in order, such as Epic's 4119
 */
public record PageWarning(String code, String message, String severity, List<String> codings) {

    public PageWarning {
        codings = List.copyOf(codings);
    }

    /** A warning of our own. */
    public PageWarning(String code, String message) {
        this(code, message, "warning", List.of());
    }
}
