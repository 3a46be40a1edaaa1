package io.caravan.destination;

import io.caravan.destination.DestinationTestReport.Step;
import java.util.ArrayList;
import java.util.List;

/** Runs a test's steps in order; after the first that fails the others are skipped. */
final class StepRunner {

    /** What a step found: a detail, or a detail with advice where it passed with a warning. */
    record Found(String outcome, String detail, String advice) {

        static Found passed(String detail) {
            return new Found("passed", detail, null);
        }

        static Found warning(String detail, String advice) {
            return new Found("warning", detail, advice);
        }
    }

    /** Thrown by a step that failed. */
    static final class StepFailed extends Exception {

        private static final long serialVersionUID = 1;

        private final String advice;

        StepFailed(String detail, String advice) {
            super(detail);
            this.advice = advice;
        }
    }

    /** One step. */
    interface Check {
        Found run() throws StepFailed;
    }

    private final List<Step> steps = new ArrayList<>();
    private boolean failed;

    StepRunner step(String name, Check check) {
        if (failed) {
            steps.add(new Step(name, "skipped", "Not tried.", null));
            return this;
        }
        try {
            Found found = check.run();
            steps.add(new Step(name, found.outcome(), found.detail(), found.advice()));
        } catch (StepFailed e) {
            failed = true;
            steps.add(new Step(name, "failed", e.getMessage(), e.advice));
        }
        return this;
    }

    DestinationTestReport report() {
        return new DestinationTestReport(steps);
    }
}
