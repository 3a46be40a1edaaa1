package io.caravan.destination;

import io.caravan.support.CaravanException;
import io.caravan.support.Checks;
import io.caravan.support.Columns;
import io.caravan.support.ErrorCode;
import io.caravan.support.Ids;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The destinations of an organization. */
@Repository
public class Destinations {

    private static final String COLUMNS = """
             org_id, id, name, type, settings, credentials_set, credentials_at, revision, enabled, last_exported_at,
             created_at, updated_at
            """;

    private final JdbcClient jdbc;
    private final DestinationForms forms;
    private final SealedCredentials sealed;

    Destinations(JdbcClient jdbc, DestinationForms forms, SealedCredentials sealed) {
        this.jdbc = jdbc;
        this.forms = forms;
        this.sealed = sealed;
    }

    /** Stores a destination, which was tested before, and queues its first run, in one transaction. */
    @Transactional
    public Destination create(DestinationDraft draft) {
        check(draft);
        Destination destination = insert(draft, Ids.next("dest"));
        queueRun(destination, "destination_added");
        return destination;
    }

    /** What can be known to be wrong before a test: the name, and whether it is taken. */
    public void check(DestinationDraft draft) {
        new Checks().text("name", draft.name(), 200).done();
        boolean taken = jdbc.sql("SELECT EXISTS (SELECT FROM destination WHERE org_id = :org AND name = :name)")
                .param("org", draft.orgId())
                .param("name", draft.name())
                .query(Boolean.class)
                .single();
        if (taken) {
            throw nameTaken();
        }
    }

    public Optional<Destination> find(String orgId, String id) {
        return jdbc.sql("SELECT" + COLUMNS + "FROM destination WHERE org_id = :org AND id = :id")
                .param("org", orgId)
                .param("id", id)
                .query(this::row)
                .optional();
    }

    public Destination get(String orgId, String id) {
        return find(orgId, id).orElseThrow(() -> CaravanException.notFound("destination", id));
    }

    /** Oldest first. */
    public Slice<Destination> list(String orgId, Paging paging) {
        List<Destination> rows = jdbc.sql("SELECT" + COLUMNS + """
                          FROM destination
                         WHERE org_id = :org AND id > COALESCE(:after, '')
                         ORDER BY id
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(this::row)
                .list();
        return paging.slice(rows, Destination::id);
    }

    /**
     * Changes what is named. Disabling cancels what is queued, and a running run after the items in flight; enabling queues a run that
     * catches up from the watermark.
     */
    @Transactional
    public Destination change(String orgId, String id, DestinationChange change, IfMatch expected) {
        new Checks().optionalText("name", change.name(), 200).done();
        Destination before = lock(orgId, id);
        expected.require(before.updatedAt());
        Destination after = update(before, change);
        if (before.enabled() && !after.enabled()) {
            cancelRuns(after);
        }
        if (!before.enabled() && after.enabled()) {
            queueRun(after, "destination_reactivated");
        }
        return after;
    }

    /** Stored credentials are for the server they were given for: whoever names another one must give them again. */
    public void requireCredentialsForOtherServer(Destination before, DestinationChange change) {
        DestinationSettings after = change.settings();
        if (after != null
                && change.credentials() == null
                && !before.credentialsSet().isEmpty()
                && !sameServer(after.reached(), before.settings().reached())) {
            throw CaravanException.invalidField("credentials", "must be given again for another endpoint");
        }
    }

    static boolean sameServer(URI one, URI other) {
        return one.getScheme().equals(other.getScheme()) && Objects.equals(one.getAuthority(), other.getAuthority());
    }

    /** Deletes a destination with its runs. What was delivered stays where it is. */
    public void delete(String orgId, String id) {
        int deleted = jdbc.sql("DELETE FROM destination WHERE org_id = :org AND id = :id")
                .param("org", orgId)
                .param("id", id)
                .update();
        if (deleted == 0) {
            throw CaravanException.notFound("destination", id);
        }
    }

    /** For tests and export jobs alone. */
    public DestinationCredentials credentials(String orgId, String id) {
        return jdbc.sql("SELECT type, credentials_sealed FROM destination WHERE org_id = :org AND id = :id")
                .param("org", orgId)
                .param("id", id)
                .query((row, number) ->
                        sealed.unseal(orgId, id, row.getString("type"), row.getBytes("credentials_sealed")))
                .optional()
                .orElseThrow(() -> CaravanException.notFound("destination", id));
    }

    private Destination insert(DestinationDraft draft, String id) {
        try {
            return jdbc.sql("""
                            INSERT INTO destination (org_id, id, name, type, settings, credentials_sealed,
                                                     credentials_set, credentials_at)
                            VALUES (:org, :id, :name, :type, CAST(:settings AS jsonb), :sealed,
                                    CAST(:names AS text[]), now())
                            RETURNING""" + COLUMNS)
                    .param("org", draft.orgId())
                    .param("id", id)
                    .param("name", draft.name())
                    .param("type", draft.type())
                    .param("settings", forms.write(draft.settings()))
                    .param("sealed", sealed.seal(draft.orgId(), id, draft.credentials()))
                    .param("names", draft.credentials().names().toArray(String[]::new))
                    .query(this::row)
                    .single();
        } catch (DuplicateKeyException e) {
            throw nameTaken();
        }
    }

    private Destination lock(String orgId, String id) {
        return jdbc.sql("SELECT" + COLUMNS + "FROM destination WHERE org_id = :org AND id = :id FOR NO KEY UPDATE")
                .param("org", orgId)
                .param("id", id)
                .query(this::row)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("destination", id));
    }

    private Destination update(Destination before, DestinationChange change) {
        DestinationCredentials credentials = change.credentials();
        try {
            return jdbc.sql("""
                            UPDATE destination
                               SET name = COALESCE(:name, name), enabled = COALESCE(:enabled, enabled),
                                   settings = COALESCE(CAST(:settings AS jsonb), settings),
                                   learned_entries = CASE WHEN CAST(:settings AS jsonb) IS NULL THEN learned_entries END,
                                   learned_bytes = CASE WHEN CAST(:settings AS jsonb) IS NULL THEN learned_bytes END,
                                   paused_until = CASE WHEN CAST(:settings AS jsonb) IS NULL THEN paused_until END,
                                   credentials_sealed = COALESCE(:sealed, credentials_sealed),
                                   credentials_set = COALESCE(CAST(:names AS text[]), credentials_set),
                                   credentials_at = CASE WHEN CAST(:sealed AS bytea) IS NULL THEN credentials_at
                                                         ELSE now() END,
                                   revision = revision + :raise, updated_at = now()
                             WHERE org_id = :org AND id = :id
                            RETURNING""" + COLUMNS)
                    .param("org", before.orgId())
                    .param("id", before.id())
                    .param("name", change.name())
                    .param("enabled", change.enabled(), Types.BOOLEAN)
                    .param("settings", change.settings() == null ? null : forms.write(change.settings()))
                    .param(
                            "sealed",
                            credentials == null ? null : sealed.seal(before.orgId(), before.id(), credentials),
                            Types.BINARY)
                    .param(
                            "names",
                            credentials == null ? null : credentials.names().toArray(String[]::new))
                    .param("raise", change.touchesDelivery() ? 1 : 0)
                    .query(this::row)
                    .single();
        } catch (DuplicateKeyException e) {
            throw nameTaken();
        }
    }

    private void queueRun(Destination destination, String trigger) {
        jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode)
                        VALUES (:org, :id, :destination, :trigger, 'delta')
                        ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta' DO NOTHING""")
                .param("org", destination.orgId())
                .param("id", Ids.next("run"))
                .param("destination", destination.id())
                .param("trigger", trigger)
                .update();
    }

    /** As cancel-run.sql does one: what a queued retry was to carry can be retried again. */
    private void cancelRuns(Destination destination) {
        jdbc.sql("""
                        WITH asked AS (
                            UPDATE export_run
                               SET cancel_requested = true,
                                   completed_at = CASE WHEN status = 'queued' THEN now() END,
                                   status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
                             WHERE org_id = :org AND destination_id = :destination AND status IN ('queued', 'running')
                            RETURNING org_id, id, status, retry_of
                        )
                        UPDATE export_item o
                           SET resolved_by = NULL
                          FROM asked a
                         WHERE a.status = 'cancelled'
                           AND o.org_id = a.org_id AND o.run_id = a.retry_of AND o.resolved_by = a.id""")
                .param("org", destination.orgId())
                .param("destination", destination.id())
                .update();
    }

    private static CaravanException nameTaken() {
        return new CaravanException(ErrorCode.NAME_TAKEN, "Another destination of the organization has this name.");
    }

    private Destination row(ResultSet row, int number) throws SQLException {
        return new Destination(
                row.getString("org_id"),
                row.getString("id"),
                row.getString("name"),
                row.getString("type"),
                forms.read(row.getString("type"), row.getString("settings")),
                Columns.texts(row, "credentials_set"),
                Columns.instant(row, "credentials_at"),
                row.getInt("revision"),
                row.getBoolean("enabled"),
                Columns.instant(row, "last_exported_at"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"));
    }
}
