package io.caravan.export;

import io.caravan.run.DatabaseAwayPredicate;
import io.caravan.run.LeaseLostPredicate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.springframework.stereotype.Component;

/** {@code run-export} owns the failures of planning and settling; whatever ends, the claim is given back. */
@Component
class ExportErrors extends RouteConfigurationBuilder {

    // spotless:off
    @Override
    public void configuration() {
        RouteConfigurationDefinition runs = routeConfiguration("export-errors");
        runs.onException(Exception.class).onWhen(new LeaseLostPredicate())
            .handled(true).logExhausted(false)
            .log(LoggingLevel.WARN, "${variable.run.id} was taken over by another node");
        runs.onException(Exception.class).onWhen(new DatabaseAwayPredicate())
            .handled(true).logExhausted(false).logStackTrace(false)
            .bean("leases", "giveBack(${variable.run})")
            .log(LoggingLevel.WARN, "${variable.run.id} is given back, for the database cannot be reached");
        runs.onException(Exception.class)
            .handled(true).logExhausted(false).logStackTrace(false)
            .to("direct:track-run-failed");
        runs.onCompletion().bean("leases", "release(${variable.run})");
    }
    // spotless:on
}
