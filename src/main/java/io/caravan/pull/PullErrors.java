package io.caravan.pull;

import io.caravan.run.DatabaseAwayPredicate;
import io.caravan.run.LeaseLostPredicate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.springframework.stereotype.Component;

/**
 * Who owns the failures of a pull: {@code run-pull} those of planning and settling, {@code run-task} those of its query.
 * Waiting is {@code due_at} on the row, never a sleeping thread. Whatever ends, the claim is given back.
 */
@Component
class PullErrors extends RouteConfigurationBuilder {

    // spotless:off
    @Override
    public void configuration() {
        RouteConfigurationDefinition pulls = routeConfiguration("pull-errors");
        pulls.onException(Exception.class).onWhen(new LeaseLostPredicate())
            .handled(true).logExhausted(false)
            .log(LoggingLevel.WARN, "${variable.pull.id} was taken over by another node");
        pulls.onException(Exception.class).onWhen(new DatabaseAwayPredicate())
            .handled(true).logExhausted(false).logStackTrace(false)
            .bean("leases", "giveBack(${variable.pull})")
            .log(LoggingLevel.WARN, "${variable.pull.id} is given back, for the database cannot be reached");
        pulls.onException(Exception.class)       // a bug, too, must end as a failed pull
            .handled(true).logExhausted(false).logStackTrace(false)
            .to("direct:track-pull-failed");
        pulls.onCompletion().bean("leases", "release(${variable.pull})");

        RouteConfigurationDefinition tasks = routeConfiguration("task-errors");
        tasks.onException(Exception.class).onWhen(new LeaseLostPredicate())
            .handled(true).logExhausted(false)
            .log(LoggingLevel.WARN, "${variable.task.claim.id} was taken over by another node");
        tasks.onException(Exception.class).onWhen(new DatabaseAwayPredicate())
            .handled(true).logExhausted(false).logStackTrace(false)
            .bean("leases", "giveBack(${variable.task.claim})")
            .log(LoggingLevel.WARN, "${variable.task.claim.id} is given back, for the database cannot be reached");
        tasks.onException(QueryRefusedException.class)
            .handled(true).logExhausted(false).logStackTrace(false)
            .to("direct:track-task-simpler");
        tasks.onException(Exception.class)       // a bug, too, must end as a failed task
            .handled(true).logExhausted(false).logStackTrace(false)
            .to("direct:track-task-failed");
        tasks.onCompletion().bean("leases", "release(${variable.task.claim})");
    }
    // spotless:on
}
