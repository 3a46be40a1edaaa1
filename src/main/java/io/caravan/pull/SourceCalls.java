package io.caravan.pull;

import io.caravan.connection.Connections;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.source.SourceClient;
import io.caravan.support.secret.Secret;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The one place where a pull asks its source: the lease is checked, the token fetched, the request sent. */
@Component
class SourceCalls {

    private static final String FHIR_JSON = "application/fhir+json";

    private final SourceClient source;
    private final Connections connections;
    private final Leases leases;

    SourceCalls(SourceClient source, Connections connections, Leases leases) {
        this.source = source;
        this.connections = connections;
        this.leases = leases;
    }

    /** The source's CapabilityStatement, as bytes. */
    byte[] metadata(ClaimedPull pull) {
        leases.check(pull);
        return get(pull.orgId(), pull.connectionId(), pull.fhirBaseUrl(), pull.fhirBaseUrl() + "/metadata");
    }

    /**
     * One answer for a task.
     *
     * @param url absolute, sent byte for byte
     */
    byte[] get(ClaimedTask task, String url) {
        leases.check(task);
        return get(task.orgId(), task.connectionId(), task.fhirBaseUrl(), url);
    }

    private byte[] get(String orgId, String connectionId, String baseUrl, String url) {
        Optional<Secret> token = connections.accessToken(orgId, connectionId);
        return source.get(new SourceClient.Request(baseUrl, url, FHIR_JSON, token));
    }
}
