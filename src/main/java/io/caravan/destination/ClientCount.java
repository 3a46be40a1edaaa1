package io.caravan.destination;

import jakarta.annotation.PostConstruct;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/** The number of open clients, beside Camel's own figures in JMX and Hawtio. */
@Component
@ManagedResource(description = "Clients of destinations")
public class ClientCount extends ServiceSupport {

    private final DestinationClients clients;
    private final CamelContext camel;

    ClientCount(DestinationClients clients, CamelContext camel) {
        this.clients = clients;
        this.camel = camel;
    }

    @PostConstruct
    void register() throws Exception {
        camel.addService(this);
    }

    @ManagedAttribute(description = "Clients that are open on this node")
    public int getOpenClients() {
        return clients.open();
    }
}
