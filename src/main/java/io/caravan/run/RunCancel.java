package io.caravan.run;

/** Asks that a run deliver nothing more. Body of {@code direct:on-run-cancel}. */
public record RunCancel(String orgId, String runId) {}
