package io.caravan.destination;

import io.caravan.support.CaravanException;
import io.caravan.support.SqlFiles;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** What a node that holds clients asks of destinations, which any other node may have changed. */
@Component
class DestinationRevisions {

    private static final String LIST = SqlFiles.load("destination/list-revisions");

    /** Which destination. */
    record Key(String orgId, String id) {}

    /** A destination as it is now: credentials, and the server that they are for. */
    record Current(int revision, DestinationSettings settings, DestinationCredentials credentials) {}

    private final JdbcClient jdbc;
    private final SealedCredentials sealed;
    private final DestinationForms forms;

    DestinationRevisions(JdbcClient jdbc, SealedCredentials sealed, DestinationForms forms) {
        this.jdbc = jdbc;
        this.sealed = sealed;
        this.forms = forms;
    }

    /** At which revision it is, and for how long it still asks to be left alone. */
    DestinationClients.Way way(Key destination) {
        return jdbc.sql("""
                        SELECT revision,
                               CAST(greatest(0, ceil(1000 * extract(epoch FROM paused_until - clock_timestamp()))) AS bigint)
                                   AS wait_millis
                          FROM destination
                         WHERE org_id = :org AND id = :id""")
                .param("org", destination.orgId())
                .param("id", destination.id())
                .query((row, number) -> new DestinationClients.Way(
                        row.getInt("revision"), Duration.ofMillis(row.getLong("wait_millis"))))
                .optional()
                .orElseThrow(() -> CaravanException.notFound("destination", destination.id()));
    }

    /** All of it by one statement, so that nothing of it is of another revision. */
    Current current(Key destination) {
        return jdbc.sql("""
                        SELECT type, revision, settings::text AS settings, credentials_sealed
                          FROM destination
                         WHERE org_id = :org AND id = :id""")
                .param("org", destination.orgId())
                .param("id", destination.id())
                .query((row, number) -> new Current(
                        row.getInt("revision"),
                        forms.read(row.getString("type"), row.getString("settings")),
                        sealed.unseal(
                                destination.orgId(),
                                destination.id(),
                                row.getString("type"),
                                row.getBytes("credentials_sealed"))))
                .optional()
                .orElseThrow(() -> CaravanException.notFound("destination", destination.id()));
    }

    /** The revisions of those that are still there. */
    Map<Key, Integer> revisions(Collection<Key> destinations) {
        Map<Key, Integer> found = new HashMap<>();
        jdbc.sql(LIST)
                .param("orgs", texts(destinations.stream().map(Key::orgId).toArray()))
                .param("ids", texts(destinations.stream().map(Key::id).toArray()))
                .query(row -> {
                    found.put(new Key(row.getString("org_id"), row.getString("id")), row.getInt("revision"));
                });
        return found;
    }

    private static SqlArrayValue texts(Object[] values) {
        return new SqlArrayValue("text", values);
    }
}
