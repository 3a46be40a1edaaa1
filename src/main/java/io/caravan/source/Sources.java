package io.caravan.source;

import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.CaravanException;
import io.caravan.support.EnteredUrls;
import io.caravan.support.ErrorCode;
import io.caravan.support.Ids;
import io.caravan.support.IfMatch;
import io.caravan.support.SqlFiles;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The FHIR servers of an organization. */
@Repository
public class Sources {

    private static final String RESCHEDULE = SqlFiles.load("source/reschedule-connections");
    private static final Duration DAILY = Duration.ofDays(1);
    private static final String COLUMNS = """
             org_id, id, name, fhir_base_url, key, ids, profile, detected_profile,
             extract(epoch FROM pull_every)::bigint AS pull_every_seconds,
             CASE WHEN hold_until > clock_timestamp() THEN hold_until END AS hold_until,
             CASE WHEN hold_until > clock_timestamp() THEN hold_reason END AS hold_reason, created_at, updated_at
            """;

    private final JdbcClient jdbc;
    private final EnteredUrls urls;
    private final SourceProfiles profiles;

    Sources(JdbcClient jdbc, EnteredUrls urls, SourceProfiles profiles) {
        this.jdbc = jdbc;
        this.urls = urls;
        this.profiles = profiles;
    }

    /** Stores a new source; its key and its {@code ids} are chosen where the draft leaves them open. */
    @Transactional
    public Source create(String orgId, SourceDraft draft) {
        draft.checkNew(profileNames());
        lock(orgId);
        URI base = base(draft);
        return jdbc.sql("""
                        INSERT INTO source (org_id, id, name, fhir_base_url, key, ids, profile, pull_every)
                        VALUES (:org, :id, :name, :base, :key, :ids, COALESCE(:profile, 'auto'),
                                make_interval(secs => :pullEvery))
                        RETURNING""" + COLUMNS)
                .param("org", orgId)
                .param("id", Ids.next("src"))
                .param("name", draft.name())
                .param("base", base.toString())
                .param("key", key(orgId, base, draft.key()))
                .param("ids", ids(orgId, draft))
                .param("profile", draft.profile())
                .param("pullEvery", seconds(draft.pullEvery() == null ? DAILY : draft.pullEvery()))
                .query(SourceRows::source)
                .single();
    }

    public Optional<Source> find(String orgId, String id) {
        return jdbc.sql("SELECT" + COLUMNS + "FROM source WHERE org_id = :org AND id = :id")
                .param("org", orgId)
                .param("id", id)
                .query(SourceRows::source)
                .optional();
    }

    public Source get(String orgId, String id) {
        return find(orgId, id).orElseThrow(() -> CaravanException.notFound("source", id));
    }

    /** Oldest first. */
    public Slice<Source> list(String orgId, Paging paging) {
        List<Source> rows = jdbc.sql("SELECT" + COLUMNS + """
                          FROM source
                         WHERE org_id = :org AND id > COALESCE(:after, '')
                         ORDER BY id
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(SourceRows::source)
                .list();
        return paging.slice(rows, Source::id);
    }

    /** Changes what the draft names. {@code key} never changes, {@code ids} not once a pull has been asked for. */
    @Transactional
    public Source update(String orgId, String id, SourceDraft draft, IfMatch expected) {
        draft.checkChange(profileNames());
        lock(orgId);
        Source source = get(orgId, id);
        expected.require(source.updatedAt());
        if (draft.ids() != null && !draft.ids().equals(source.ids())) {
            refuseIdsOfPulled(source);
            refuseSecondOriginal(orgId, draft.ids());
        }
        refuseOtherServerOfConnected(source, draft);
        walkEverythingAtOtherAddress(source, draft);
        reschedule(source, draft);
        return jdbc.sql("""
                        UPDATE source
                           SET name = COALESCE(:name, name), fhir_base_url = COALESCE(:base, fhir_base_url),
                               ids = COALESCE(:ids, ids), profile = COALESCE(:profile, profile),
                               detected_profile = CASE WHEN :profile = 'auto' AND profile = 'auto'
                                                         OR CAST(:profile AS text) IS NULL THEN detected_profile END,
                               pull_every = COALESCE(make_interval(secs => :pullEvery), pull_every),
                               updated_at = now()
                         WHERE org_id = :org AND id = :id
                        RETURNING""" + COLUMNS)
                .param("org", orgId)
                .param("id", id)
                .param("name", draft.name())
                .param("base", draft.fhirBaseUrl() == null ? null : base(draft).toString())
                .param("ids", draft.ids())
                .param("profile", draft.profile())
                .param("pullEvery", draft.pullEvery() == null ? null : seconds(draft.pullEvery()))
                .query(SourceRows::source)
                .single();
    }

    private void reschedule(Source source, SourceDraft draft) {
        if (draft.pullEvery() != null) {
            jdbc.sql(RESCHEDULE)
                    .param("orgId", source.orgId())
                    .param("sourceId", source.id())
                    .param("every", draft.pullEvery().toString())
                    .update();
        }
    }

    /** Tokens and ids belong to the server that gave them: another one is another source. */
    private void refuseOtherServerOfConnected(Source source, SourceDraft draft) {
        if (draft.fhirBaseUrl() == null
                || Origin.same(source.fhirBaseUrl().toString(), base(draft).toString())) {
            return;
        }
        waitForConnections(source);
        boolean connected = jdbc.sql("SELECT EXISTS (SELECT FROM connection WHERE org_id = :org AND source_id = :id)")
                .param("org", source.orgId())
                .param("id", source.id())
                .query(Boolean.class)
                .single();
        if (connected) {
            throw new CaravanException(
                    ErrorCode.IN_USE,
                    "The source has connections, and their tokens are for its present server only. Make a new source for the other server.");
        }
    }

    /** Another address of the same server can show what the one before did not: old things, too. */
    private void walkEverythingAtOtherAddress(Source source, SourceDraft draft) {
        if (draft.fhirBaseUrl() != null && !base(draft).equals(source.fhirBaseUrl())) {
            jdbc.sql("""
                            UPDATE connection SET grant_version = grant_version + 1
                             WHERE org_id = :org AND source_id = :source""")
                    .param("org", source.orgId())
                    .param("source", source.id())
                    .update();
        }
    }

    /** Deletes a source that no connection uses any more. */
    public void delete(String orgId, String id) {
        get(orgId, id);
        try {
            jdbc.sql("DELETE FROM source WHERE org_id = :org AND id = :id")
                    .param("org", orgId)
                    .param("id", id)
                    .update();
        } catch (DataIntegrityViolationException e) {
            throw new CaravanException(
                    ErrorCode.IN_USE, "The source has connections; it can be deleted when they are erased.");
        }
    }

    private URI base(SourceDraft draft) {
        return urls.require("fhir_base_url", draft.fhirBaseUrl());
    }

    /** One writer of an organization's sources at a time: keys and the one original are decided by what is there. */
    private void lock(String orgId) {
        jdbc.sql("SELECT id FROM organization WHERE id = :org FOR NO KEY UPDATE")
                .param("org", orgId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("organization", orgId));
    }

    private String key(String orgId, URI base, String wanted) {
        Set<String> taken = new HashSet<>(jdbc.sql("SELECT key FROM source WHERE org_id = :org")
                .param("org", orgId)
                .query(String.class)
                .list());
        if (wanted == null) {
            return SourceKeys.distinct(SourceKeys.derive(base), taken);
        }
        if (taken.contains(wanted)) {
            throw new CaravanException(ErrorCode.KEY_TAKEN, "Another source has the key " + wanted + ".");
        }
        return wanted;
    }

    private String ids(String orgId, SourceDraft draft) {
        if (draft.ids() == null) {
            return hasSources(orgId) || idsThatServersRefuse(draft.profile()) ? "scoped" : "original";
        }
        refuseSecondOriginal(orgId, draft.ids());
        return draft.ids();
    }

    private boolean idsThatServersRefuse(String profile) {
        return profile != null
                && profiles.find(profile)
                        .filter(p -> p.ids() == SourceProfile.Ids.SCOPED)
                        .isPresent();
    }

    private Set<String> profileNames() {
        Set<String> names = new HashSet<>(profiles.names());
        names.add(SourceProfiles.AUTO);
        return names;
    }

    private boolean hasSources(String orgId) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM source WHERE org_id = :org)")
                .param("org", orgId)
                .query(Boolean.class)
                .single();
    }

    private void refuseSecondOriginal(String orgId, String wanted) {
        boolean taken = jdbc.sql("SELECT EXISTS (SELECT FROM source WHERE org_id = :org AND ids = 'original')")
                .param("org", orgId)
                .query(Boolean.class)
                .single();
        if (taken && wanted.equals("original")) {
            throw new CaravanException(
                    ErrorCode.IDS_FIXED,
                    "Another source of the organization keeps its original ids. Two sources can use the same id for"
                            + " two people, so this one must be scoped.");
        }
    }

    /** What is asked next sees each connection that is being made at this moment, and none is made before all is decided. */
    private void waitForConnections(Source source) {
        jdbc.sql("SELECT id FROM source WHERE org_id = :org AND id = :id FOR UPDATE")
                .param("org", source.orgId())
                .param("id", source.id())
                .query(String.class)
                .single();
    }

    private void refuseIdsOfPulled(Source source) {
        waitForConnections(source);
        boolean pulled = jdbc.sql("""
                        SELECT EXISTS (SELECT FROM connection WHERE org_id = :org AND source_id = :id)
                            OR EXISTS (SELECT FROM resource_record WHERE org_id = :org AND source_id = :id)""")
                .param("org", source.orgId())
                .param("id", source.id())
                .query(Boolean.class)
                .single();
        if (pulled) {
            throw new CaravanException(
                    ErrorCode.IDS_FIXED,
                    "The ids of a source are fixed once it is pulled: records under the other ids would stay beside"
                            + " the new ones.");
        }
    }

    private static Double seconds(Duration duration) {
        return (double) duration.toSeconds();
    }
}
