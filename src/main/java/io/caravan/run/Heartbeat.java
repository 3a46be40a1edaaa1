package io.caravan.run;

import org.apache.camel.builder.RouteBuilder;
import org.springframework.stereotype.Component;

/** Housekeeping of claims: extends what this node holds. */
@Component
class Heartbeat extends RouteBuilder {

    // spotless:off
    @Override
    public void configure() {
        from("timer:heartbeat?period={{caravan.work.heartbeat}}")
            .routeId("heartbeat").routeGroup("housekeeping").routeConfigurationId("poll-errors")
            .routeDescription("Extend the leases of everything that this node is working on")
            .bean("leases", "heartbeat").id("extend-leases");
    }
    // spotless:on
}
