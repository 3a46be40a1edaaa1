package io.caravan.destination;

import java.util.List;

/** What testing a destination found, step by step. */
public record DestinationTestReport(List<Step> steps) {

    public DestinationTestReport {
        steps = List.copyOf(steps);
    }

    /**
     * One step of a test.
     *
     * @param outcome {@code passed}, {@code failed}, {@code skipped} or {@code warning}
     * @param detail what happened, in the destination's own words where it said any
     * @param advice what to do about it; null where nothing is to be done
     */
    public record Step(String name, String outcome, String detail, String advice) {}

    public boolean passed() {
        return steps.stream().noneMatch(step -> step.outcome().equals("failed"));
    }
}
