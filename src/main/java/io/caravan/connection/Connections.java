package io.caravan.connection;

import io.caravan.support.CaravanException;
import io.caravan.support.Columns;
import io.caravan.support.EnteredUrls;
import io.caravan.support.ErrorCode;
import io.caravan.support.Ids;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
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
             org_id, id, source_id, patient_id, scope, requested_scope, missing_scopes, status, credentials_set,
             credentials_at, revision, created_at, updated_at, next_pull_at, error_code, error_message, error_since,
             erased_at
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
        requireAllowed(draft.credentials());
        requireSource(orgId, draft.sourceId());
        Placed placed = place(orgId, draft);
        Connection connection = setGrant(placed.row(), draft.grant(), placed.created());
        return new Connected(connection, queuePull(connection), placed.created());
    }

    /** Replaces the grant after the patient reconnected, and queues a pull. */
    @Transactional
    public Connected reconnect(String orgId, String id, Grant grant, IfMatch expected) {
        grant.check();
        requireAllowed(grant.credentials());
        Connection before = lock(orgId, id);
        expected.require(before.updatedAt());
        if (before.erasedAt() != null) {
            throw new CaravanException(
                    ErrorCode.CONFLICT, "Connection %s was erased: connect the patient anew.".formatted(id));
        }
        Connection connection = setGrant(before, grant, false);
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

    private void requireAllowed(ConnectionCredentials credentials) {
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

    /** Whatever was wrong with the connection's tokens is past. */
    private Connection setGrant(Connection before, Grant grant, boolean created) {
        ConnectionCredentials credentials = grant.credentials();
        if (before.disconnected()) {
            seen.giveBack(before.orgId(), before.id());
        }
        return jdbc.sql("""
                        UPDATE connection c
                           SET scope = COALESCE(:scope, scope), requested_scope = COALESCE(:requested, requested_scope),
                               missing_scopes = CAST(:missing AS text[]), status = 'active',
                               credentials_sealed = :sealed, credentials_set = CAST(:names AS text[]),
                               credentials_at = CASE WHEN CAST(:sealed AS bytea) IS NULL THEN NULL ELSE now() END,
                               revision = revision + CASE WHEN :created THEN 0 ELSE 1 END,
                               grant_version = grant_version + CASE WHEN :created THEN 0 ELSE 1 END,
                               updated_at = now(), error_code = NULL, error_message = NULL, error_since = NULL,
                               token_tries = 0, token_due_at = NULL,
                               next_pull_at = (SELECT next_pull(pull_every) FROM source s
                                                        WHERE s.org_id = c.org_id AND s.id = c.source_id)
                         WHERE org_id = :org AND id = :id
                        RETURNING""" + COLUMNS)
                .param("org", before.orgId())
                .param("id", before.id())
                .param("scope", grant.scope())
                .param("requested", grant.requestedScope())
                .param("missing", grant.missing(before).toArray(String[]::new))
                .param("sealed", sealed.seal(before.orgId(), before.id(), credentials), Types.BINARY)
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
                        DO UPDATE SET due_at = now(), retry_of = NULL
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
                row.getString("requested_scope"),
                Columns.texts(row, "missing_scopes"),
                row.getString("status"),
                Columns.texts(row, "credentials_set"),
                Columns.instant(row, "credentials_at"),
                row.getInt("revision"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"),
                Columns.instant(row, "next_pull_at"),
                ConnectionTrouble.of(
                        row.getString("error_code"),
                        row.getString("error_message"),
                        Columns.instant(row, "error_since")),
                Columns.instant(row, "erased_at"));
    }
}
