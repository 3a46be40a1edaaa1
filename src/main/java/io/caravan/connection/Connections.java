package io.caravan.connection;

import io.caravan.support.CaravanException;
import io.caravan.support.Columns;
import io.caravan.support.EnteredUrls;
import io.caravan.support.ErrorCode;
import io.caravan.support.Ids;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import io.caravan.support.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The grants of an organization's patients. */
@Repository
public class Connections {

    private static final String COLUMNS = """
             org_id, id, source_id, patient_id, scope, status, credentials_set, credentials_at, revision,
             created_at, updated_at, next_pull_at, erased_at
            """;

    private final JdbcClient jdbc;
    private final SealedCredentials sealed;
    private final EnteredUrls urls;
    private final SeenRecords seen;

    Connections(JdbcClient jdbc, SealedCredentials sealed, EnteredUrls urls, SeenRecords seen) {
        this.jdbc = jdbc;
        this.sealed = sealed;
        this.urls = urls;
        this.seen = seen;
    }

    /**
     * What a grant became.
     *
     * @param pullId the pull that is queued for it
     * @param created false where the same patient was connected already
     */
    public record Connected(Connection connection, String pullId, boolean created) {}

    /**
     * Stores a grant and queues its pull, in one transaction. The same patient at the same source again: the existing
     * connection with its credentials replaced, active; where it was disconnected, what it saw is seen again.
     */
    @Transactional
    public Connected connect(String orgId, ConnectionDraft draft) {
        draft.check();
        check(draft.credentials());
        requireSource(orgId, draft.sourceId());
        Placed placed = place(orgId, draft);
        Connection connection = setCredentials(placed.row(), draft.scope(), draft.credentials(), placed.created());
        return new Connected(connection, queuePull(connection), placed.created());
    }

    /** Replaces the credentials after the patient reconnected, and queues a pull. */
    @Transactional
    public Connected reconnect(
            String orgId, String id, String scope, ConnectionCredentials credentials, IfMatch expected) {
        check(credentials);
        Connection before = lock(orgId, id);
        expected.require(before.updatedAt());
        if (before.erasedAt() != null) {
            throw new CaravanException(
                    ErrorCode.CONFLICT, "Connection %s was erased: connect the patient anew.".formatted(id));
        }
        Connection connection = setCredentials(before, scope, credentials, false);
        return new Connected(connection, queuePull(connection), false);
    }

    public Optional<Connection> find(String orgId, String id) {
        return jdbc.sql("SELECT" + COLUMNS + "FROM connection WHERE org_id = :org AND id = :id")
                .param("org", orgId)
                .param("id", id)
                .query(Connections::row)
                .optional();
    }

    public Connection get(String orgId, String id) {
        return find(orgId, id).orElseThrow(() -> CaravanException.notFound("connection", id));
    }

    /** Newest first; {@code status} null lists all. */
    public Slice<Connection> list(String orgId, String status, Paging paging) {
        List<Connection> rows = jdbc.sql("SELECT" + COLUMNS + """
                          FROM connection
                         WHERE org_id = :org
                           AND (CAST(:status AS text) IS NULL OR status = :status)
                           AND (CAST(:after AS text) IS NULL OR id < :after)
                         ORDER BY id DESC
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("status", status)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(Connections::row)
                .list();
        return paging.slice(rows, Connection::id);
    }

    /** How many there are of each status. */
    public Map<String, Integer> countByStatus(String orgId) {
        Map<String, Integer> counts = new TreeMap<>(Map.of("active", 0, "refresh_failed", 0, "disconnected", 0));
        jdbc.sql("SELECT status, count(*)::int AS n FROM connection WHERE org_id = :org GROUP BY status")
                .param("org", orgId)
                .query(row -> {
                    counts.put(row.getString("status"), row.getInt("n"));
                });
        return counts;
    }

    /** The token to pull with; empty for an open source. */
    public Optional<Secret> accessToken(String orgId, String connectionId) {
        return Optional.ofNullable(credentials(orgId, connectionId).accessToken());
    }

    /** Everything the grant gave. For the pull flow alone. */
    public ConnectionCredentials credentials(String orgId, String connectionId) {
        get(orgId, connectionId);
        return jdbc.sql("""
                        SELECT credentials_sealed
                          FROM connection
                         WHERE org_id = :org AND id = :id AND credentials_sealed IS NOT NULL""")
                .param("org", orgId)
                .param("id", connectionId)
                .query((row, number) -> row.getBytes("credentials_sealed"))
                .optional()
                .map(bytes -> sealed.unseal(orgId, connectionId, bytes))
                .orElse(ConnectionCredentials.NONE);
    }

    private void check(ConnectionCredentials credentials) {
        credentials.check();
        if (credentials.tokenEndpoint() != null) {
            urls.require("credentials.token_endpoint", credentials.tokenEndpoint());
        }
    }

    private Connection lock(String orgId, String id) {
        return jdbc.sql("SELECT" + COLUMNS + "FROM connection WHERE org_id = :org AND id = :id FOR NO KEY UPDATE")
                .param("org", orgId)
                .param("id", id)
                .query(Connections::row)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("connection", id));
    }

    private void requireSource(String orgId, String sourceId) {
        // The lock that the foreign key takes, taken early: the source is neither deleted nor are its ids changed.
        jdbc.sql("SELECT id FROM source WHERE org_id = :org AND id = :id FOR KEY SHARE")
                .param("org", orgId)
                .param("id", sourceId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("source", sourceId));
    }

    private Optional<String> insert(String orgId, ConnectionDraft draft) {
        return jdbc.sql("""
                        INSERT INTO connection (org_id, id, source_id, patient_id)
                        VALUES (:org, :id, :source, :patient)
                        ON CONFLICT (org_id, source_id, patient_id) DO NOTHING
                        RETURNING id""")
                .param("org", orgId)
                .param("id", Ids.next("conn"))
                .param("source", draft.sourceId())
                .param("patient", draft.patientId())
                .query(String.class)
                .optional();
    }

    /** The row of the patient's connection, locked, and whether it is a new one. */
    private record Placed(Connection row, boolean created) {}

    private Placed place(String orgId, ConnectionDraft draft) {
        while (true) {
            Optional<String> created = insert(orgId, draft);
            if (created.isPresent()) {
                return new Placed(get(orgId, created.get()), true);
            }
            Optional<Connection> existing = lockOf(orgId, draft);
            if (existing.isPresent()) {
                return new Placed(existing.get(), false);
            }
            // it was erased in between: the patient connects anew
        }
    }

    private Optional<Connection> lockOf(String orgId, ConnectionDraft draft) {
        return jdbc.sql("SELECT" + COLUMNS + """
                          FROM connection
                         WHERE org_id = :org AND source_id = :source AND patient_id = :patient
                           FOR NO KEY UPDATE""")
                .param("org", orgId)
                .param("source", draft.sourceId())
                .param("patient", draft.patientId())
                .query(Connections::row)
                .optional();
    }

    private Connection setCredentials(
            Connection before, String scope, ConnectionCredentials credentials, boolean created) {
        String orgId = before.orgId();
        String id = before.id();
        if (before.disconnected()) {
            seen.giveBack(orgId, id);
        }
        return jdbc.sql("""
                        UPDATE connection c
                           SET scope = COALESCE(:scope, scope), status = 'active', credentials_sealed = :sealed,
                               credentials_set = CAST(:names AS text[]),
                               credentials_at = CASE WHEN CAST(:sealed AS bytea) IS NULL THEN NULL ELSE now() END,
                               revision = revision + CASE WHEN :created THEN 0 ELSE 1 END,
                               grant_version = grant_version + CASE WHEN :created THEN 0 ELSE 1 END,
                               updated_at = now(),
                               next_pull_at = now() + (SELECT pull_every FROM source s
                                                        WHERE s.org_id = c.org_id AND s.id = c.source_id)
                         WHERE org_id = :org AND id = :id
                        RETURNING""" + COLUMNS)
                .param("org", orgId)
                .param("id", id)
                .param("scope", scope)
                .param("sealed", sealed.seal(orgId, id, credentials), Types.BINARY)
                .param("names", credentials.names().toArray(String[]::new))
                .param("created", created)
                .query(Connections::row)
                .single();
    }

    /** The queued pull of the connection: a new one, or the one that waits already. */
    private String queuePull(Connection connection) {
        return jdbc.sql("""
                        INSERT INTO pull (org_id, id, connection_id, source_id, trigger)
                        VALUES (:org, :id, :connection, :source, 'connected')
                        ON CONFLICT (org_id, connection_id) WHERE status = 'queued'
                        DO UPDATE SET due_at = now()
                        RETURNING id""")
                .param("org", connection.orgId())
                .param("id", Ids.next("pull"))
                .param("connection", connection.id())
                .param("source", connection.sourceId())
                .query(String.class)
                .single();
    }

    private static Connection row(ResultSet row, int number) throws SQLException {
        return new Connection(
                row.getString("org_id"),
                row.getString("id"),
                row.getString("source_id"),
                row.getString("patient_id"),
                row.getString("scope"),
                row.getString("status"),
                Columns.texts(row, "credentials_set"),
                Columns.instant(row, "credentials_at"),
                row.getInt("revision"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"),
                Columns.instant(row, "next_pull_at"),
                Columns.instant(row, "erased_at"));
    }
}
