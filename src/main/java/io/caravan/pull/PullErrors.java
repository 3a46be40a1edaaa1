package io.caravan.pull;

import io.caravan.run.LeaseLostPredicate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteConfigurationBuilder;
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
        routeConfiguration("pull-errors")
            .onException(Exception.class).onWhen(new LeaseLostPredicate())
                .handled(true).logExhausted(false)
                .log(LoggingLevel.WARN, "${variable.pull.id} was taken over by another node").end()
            .onException(Exception.class)       // a bug, too, must end as a failed pull
                .handled(true).logExhausted(false).logStackTrace(false)
                .to("direct:track-pull-failed").end()
            .onCompletion().bean("leases", "release(${variable.pull})").end();

        routeConfiguration("task-errors")
            .onException(Exception.class).onWhen(new LeaseLostPredicate())
                .handled(true).logExhausted(false)
                .log(LoggingLevel.WARN, "${variable.task.claim.id} was taken over by another node").end()
            .onException(Exception.class)       // a bug, too, must end as a failed task
                .handled(true).logExhausted(false).logStackTrace(false)
                .to("direct:track-task-failed").end()
            .onCompletion().bean("leases", "release(${variable.task.claim})").end();
    }
    // spotless:on
}
