package io.caravan.leave;

import io.caravan.connection.Connection;
import io.caravan.connection.Connections;
import io.caravan.connection.Disconnect;
import io.caravan.connection.Erase;
import io.caravan.source.Source;
import io.caravan.source.Sources;
import io.caravan.store.IdScope;
import java.util.List;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps of the leave routes ({@code leave.camel.yaml}). */
@Component("leave")
class LeaveSteps {

    private static final Logger LOG = LoggerFactory.getLogger(LeaveSteps.class);

    private final LeaveLedger ledger;
    private final TombstoneLedger tombstones;
    private final Connections connections;
    private final Sources sources;

    LeaveSteps(LeaveLedger ledger, TombstoneLedger tombstones, Connections connections, Sources sources) {
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.connections = connections;
        this.sources = sources;
    }

    /** The id of the connection, of which nothing more is pulled from now on, be it because it had ended before. */
    String disconnect(@Body Disconnect disconnect) {
        ledger.disconnect(disconnect.orgId(), disconnect.connectionId());
        return disconnect.connectionId();
    }

    /** The id of the connection, whose receipt can be read from now on, be it because it was erased before. */
    String erase(@Body Erase erase) {
        Connection connection = connections.get(erase.orgId(), erase.connectionId());
        ledger.erase(new Leaver(connection.orgId(), connection.id(), connection.sourceId(), landedPatient(connection)));
        return erase.connectionId();
    }

    private String landedPatient(Connection connection) {
        if (connection.patientId() == null) {
            return null;
        }
        Source source = sources.get(connection.orgId(), connection.sourceId());
        String base = source.fhirBaseUrl().toString();
        IdScope scope = source.scoped() ? IdScope.scoped(source.key(), base) : IdScope.original(source.key(), base);
        return scope.scopeId(connection.patientId());
    }

    /** The organizations that keep tombstones of erased records. */
    List<String> organizations() {
        return tombstones.organizations();
    }

    /** Removes for good what every destination of the organization has been told to delete. */
    void purge(@Body String orgId) {
        int gone = tombstones.purge(orgId);
        if (gone > 0) {
            LOG.info("{} tombstones of erased records of {} are gone for good", gone, orgId);
        }
    }
}
