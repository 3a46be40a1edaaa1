package io.caravan.pull;

/** One query of a plan. {@code query} is relative to the source's base. */
record PlannedTask(String kind, int phase, String type, String query) {}
