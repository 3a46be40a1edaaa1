package io.caravan.run;

import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.springframework.stereotype.Component;

/**
 * Who owns the failures of what looks for work: the claims, the schedules and the heartbeat. They try again at the next
 * poll, so one line in the log is all that a failure leaves behind; a claim that could not be handed over is given back.
 */
@Component
class PollErrors extends RouteConfigurationBuilder {

    // spotless:off
    @Override
    public void configuration() {
        RouteConfigurationDefinition polls = routeConfiguration("poll-errors");
        polls.onException(Exception.class)
            .handled(true).logExhausted(false).logStackTrace(false)
            .bean("polls", "failed");
    }
    // spotless:on
}
