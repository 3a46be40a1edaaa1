package io.caravan.api;

import io.caravan.destination.DestinationTestReport;
import io.caravan.destination.DestinationTestReport.Step;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.util.List;

/** A destination that is not saved because its test failed; the answer has the steps. */
class DestinationTestFailed extends CaravanException {

    private final transient List<Step> steps;

    DestinationTestFailed(DestinationTestReport report) {
        super(ErrorCode.DESTINATION_TEST_FAILED, "The test failed, so nothing was saved: " + firstFailure(report));
        this.steps = report.steps();
    }

    List<Step> steps() {
        return steps;
    }

    private static String firstFailure(DestinationTestReport report) {
        return report.steps().stream()
                .filter(step -> step.outcome().equals("failed"))
                .findFirst()
                .map(step -> step.name() + ": " + step.detail())
                .orElse("no step says why");
    }
}
