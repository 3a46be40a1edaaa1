package io.caravan.api.audit;

import io.caravan.support.Ids;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The audit log in PostgreSQL, which refuses to change or delete what is in it. */
@Repository
class AuditLog {

    /** What is tried: by whom, of which organization (null: none), what, to which ({@code ""}: none in particular). */
    record Attempt(String orgId, String caller, String action, String target, String requestId) {}

    private final JdbcClient jdbc;

    AuditLog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The new entry's id. */
    String add(Attempt attempt) {
        return add(attempt, "").orElseThrow();
    }

    /** For what is looked at again and again: empty where the same caller looked at it within the hour. */
    Optional<String> addFirst(Attempt attempt) {
        return add(attempt, """
                 WHERE NOT EXISTS (SELECT FROM audit_entry e
                                    WHERE e.caller = :caller AND e.action = :action AND e.target = :target
                                      AND e.org_id IS NOT DISTINCT FROM :org AND e.at > now() - INTERVAL '1 hour')""");
    }

    private Optional<String> add(Attempt attempt, String condition) {
        return jdbc.sql("""
                        INSERT INTO audit_entry (id, org_id, caller, action, target, request_id)
                        SELECT :id, CAST(:org AS text), :caller, :action, :target, :request
                        """ + condition + " RETURNING id")
                .param("id", Ids.next("audit"))
                .param("org", attempt.orgId())
                .param("caller", attempt.caller())
                .param("action", attempt.action())
                .param("target", attempt.target())
                .param("request", attempt.requestId())
                .query(String.class)
                .optional();
    }

    /** What came of it; {@code made} is null where nothing was made. */
    void addOutcome(String entryId, int status, String made) {
        jdbc.sql("INSERT INTO audit_outcome (entry_id, status, made) VALUES (:entry, :status, :made)")
                .param("entry", entryId)
                .param("status", status)
                .param("made", made)
                .update();
    }

    /** Newest first; of all organizations, and of none, where {@code orgId} is null. */
    Slice<AuditEntry> list(String orgId, Paging paging) {
        List<AuditEntry> entries = jdbc.sql("""
                        SELECT e.id, e.org_id AS organization_id, e.at, e.caller, coalesce(k.name, e.caller) AS caller_name,
                               e.action, nullif(e.target, '') AS target, o.made, o.status, e.request_id
                          FROM audit_entry e
                          LEFT JOIN audit_outcome o ON o.entry_id = e.id
                          LEFT JOIN api_key k ON k.id = e.caller
                         WHERE %s AND (CAST(:before AS text) IS NULL OR e.id < :before)
                         ORDER BY e.id DESC
                         LIMIT :fetch""".formatted(orgId == null ? "true" : "e.org_id = :org"))
                .param("org", orgId)
                .param("before", paging.after())
                .param("fetch", paging.fetch())
                .query(AuditEntry.class)
                .list();
        return paging.slice(entries, AuditEntry::id);
    }
}
