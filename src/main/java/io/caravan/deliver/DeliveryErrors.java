package io.caravan.deliver;

import io.caravan.run.DatabaseAwayPredicate;
import io.caravan.run.LeaseLostPredicate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.springframework.stereotype.Component;

/**
 * {@code deliver-item} owns every failure of a delivery. Waiting is {@code due_at} on the row, never a sleeping thread.
 */
@Component
class DeliveryErrors extends RouteConfigurationBuilder {

    // spotless:off
    @Override
    public void configuration() {
        RouteConfigurationDefinition items = routeConfiguration("delivery-errors");
        items.onException(Exception.class).onWhen(new LeaseLostPredicate())
            .handled(true).logExhausted(false)
            .log(LoggingLevel.WARN, "${variable.claim.id} was taken over by another node");
        items.onException(Exception.class).onWhen(new DatabaseAwayPredicate())
            .handled(true).logExhausted(false).logStackTrace(false)
            .bean("leases", "giveBack(${variable.claim})")
            .log(LoggingLevel.WARN, "${variable.claim.id} is given back, for the database cannot be reached");
        items.onException(Exception.class)       // a bug, too, must end as a failed item
            .handled(true).logExhausted(false).logStackTrace(false)
            .to("direct:track-item-failed");
        items.onCompletion().bean("deliver", "end");
    }
    // spotless:on
}
