package io.caravan.run;

/**
 * A run whose failed work is to be delivered by itself: a row of {@code find-repeats.sql}.
 *
 * @param waitSeconds from now until the run that carries it is due
 */
public record RunRepeat(String orgId, String runId, int waitSeconds) {}
