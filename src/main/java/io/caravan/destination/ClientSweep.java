package io.caravan.destination;

import org.apache.camel.builder.RouteBuilder;
import org.springframework.stereotype.Component;

/** Housekeeping of clients: other nodes change and delete destinations, too. */
@Component
class ClientSweep extends RouteBuilder {

    // spotless:off
    @Override
    public void configure() {
        from("timer:sweep-clients?period={{caravan.destination.sweep}}")
            .routeId("sweep-clients").routeGroup("housekeeping").routeConfigurationId("poll-errors")
            .routeDescription("Close the clients of destinations that were changed or deleted, and those that nobody uses")
            .bean("destinationClients", "sweep").id("close-clients");
    }
    // spotless:on
}
