package io.caravan.api;

import io.caravan.connection.Disconnect;
import io.caravan.connection.Erase;
import io.caravan.destination.DestinationDraft;
import io.caravan.destination.DestinationTestReport;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.run.RunCancel;
import io.caravan.run.RunRequest;
import io.caravan.run.RunRetry;
import io.caravan.support.CaravanException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.FluentProducerTemplate;
import org.springframework.stereotype.Component;

/** The calls that start something: each enters the route of the same name, which is seen in Hawtio. */
@Component
class Triggers {

    private final FluentProducerTemplate camel;

    Triggers(FluentProducerTemplate camel) {
        this.camel = camel;
    }

    /** Answers the id of the queued pull. */
    String startPull(PullRequest request) {
        return ask("direct:on-manual-pull", request, String.class);
    }

    /** Answers the id of the pull, which stops or has stopped. */
    String cancelPull(PullCancel request) {
        return ask("direct:on-pull-cancel", request, String.class);
    }

    /** Answers the id of the connection, which has ended. */
    String disconnect(Disconnect request) {
        return ask("direct:on-disconnect", request, String.class);
    }

    /** Answers the id of the queued pull that repeats what another missed. */
    String retryPull(PullRetry request) {
        return ask("direct:on-pull-retry", request, String.class);
    }

    /** Answers the id of the connection, which has been erased. */
    String erase(Erase request) {
        return ask("direct:on-erase", request, String.class);
    }

    /** Answers the id of the new run. */
    String retryRun(RunRetry request) {
        return ask("direct:on-manual-retry", request, String.class);
    }

    /** Answers the id of the queued run. */
    String startRun(RunRequest request) {
        return ask("direct:on-manual-run", request, String.class);
    }

    /** Answers the id of the run, which stops or has stopped. */
    String cancelRun(RunCancel request) {
        return ask("direct:on-run-cancel", request, String.class);
    }

    DestinationTestReport test(DestinationDraft draft) {
        return ask("direct:test-destination", draft, DestinationTestReport.class);
    }

    private <T> T ask(String route, Object body, Class<T> answer) {
        try {
            return camel.withBody(body).to(route).request(answer);
        } catch (CamelExecutionException e) {
            throw refusal(e);
        }
    }

    /** The failure that the route means to be answered; any other one is a defect, and stays what it is. */
    private static RuntimeException refusal(CamelExecutionException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CaravanException refused) {
                return refused;
            }
        }
        return failure;
    }
}
