package io.caravan.run;

/** Asks for a run of a destination now. Body of {@code direct:on-manual-run}; {@code mode} is {@code delta} or {@code full}. */
public record RunRequest(String orgId, String destinationId, String mode) {}
