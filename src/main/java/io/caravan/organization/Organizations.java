package io.caravan.organization;

import io.caravan.support.CaravanException;
import io.caravan.support.Checks;
import io.caravan.support.Ids;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The tenants. */
@Repository
public class Organizations {

    private final JdbcClient jdbc;

    Organizations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Organization create(String name) {
        new Checks().text("name", name, 200).done();
        return jdbc.sql("INSERT INTO organization (id, name) VALUES (:id, :name) RETURNING id, name, created_at")
                .param("id", Ids.next("org"))
                .param("name", name)
                .query(Organization.class)
                .single();
    }

    public Optional<Organization> find(String id) {
        return jdbc.sql("SELECT id, name, created_at FROM organization WHERE id = :id")
                .param("id", id)
                .query(Organization.class)
                .optional();
    }

    public Organization get(String id) {
        return find(id).orElseThrow(() -> CaravanException.notFound("organization", id));
    }

    /** Oldest first. */
    public Slice<Organization> list(Paging paging) {
        return paging.slice(
                jdbc.sql("""
                        SELECT id, name, created_at
                          FROM organization
                         WHERE id > COALESCE(:after, '')
                         ORDER BY id
                         LIMIT :fetch""")
                        .param("after", paging.after())
                        .param("fetch", paging.fetch())
                        .query(Organization.class)
                        .list(),
                Organization::id);
    }

    /**
     * Deletes an organization with everything that belongs to it, records included. The organization goes first: its
     * cascade waits for pages that are landing, and later ones find no task and roll back.
     */
    @Transactional
    public void delete(String id) {
        get(id);
        jdbc.sql("DELETE FROM organization WHERE id = :id").param("id", id).update();
        jdbc.sql("DELETE FROM record_sighting WHERE org_id = :id")
                .param("id", id)
                .update();
        jdbc.sql("DELETE FROM resource_record WHERE org_id = :id")
                .param("id", id)
                .update();
    }
}
