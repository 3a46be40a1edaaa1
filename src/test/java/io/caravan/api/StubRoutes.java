package io.caravan.api;

import io.caravan.connection.Disconnect;
import io.caravan.connection.Erase;
import io.caravan.destination.DestinationDraft;
import io.caravan.destination.DestinationTestReport;
import io.caravan.destination.DestinationTestReport.Step;
import io.caravan.destination.ObjectStorageSettings;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.run.RunCancel;
import io.caravan.run.RunRequest;
import io.caravan.run.RunRetry;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.Ids;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The routes behind the API, as short as they can be: what they queue is real, what they test is a bucket's name. */
class StubRoutes extends RouteBuilder {

    static final String REFUSED_BUCKET = "refused-bucket";

    private final JdbcClient jdbc;

    StubRoutes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void configure() {
        from("direct:on-manual-pull").routeId("on-manual-pull").bean(this, "pull");
        from("direct:on-pull-cancel").routeId("on-pull-cancel").bean(this, "cancel");
        from("direct:on-pull-retry").routeId("on-pull-retry").bean(this, "retryPull");
        from("direct:on-disconnect").routeId("on-disconnect").bean(this, "disconnect");
        from("direct:on-erase").routeId("on-erase").bean(this, "erase");
        from("direct:on-manual-retry").routeId("on-manual-retry").bean(this, "retry");
        from("direct:on-manual-run").routeId("on-manual-run").bean(this, "startRun");
        from("direct:on-run-cancel").routeId("on-run-cancel").bean(this, "cancelRun");
        from("direct:test-destination").routeId("test-destination").bean(this, "test");
    }

    public String pull(PullRequest request) {
        return jdbc.sql("""
                        INSERT INTO pull (org_id, id, connection_id, source_id, trigger)
                        SELECT org_id, :id, id, source_id, :trigger
                          FROM connection
                         WHERE org_id = :org AND id = :connection
                        ON CONFLICT (org_id, connection_id) WHERE status = 'queued' DO UPDATE SET due_at = now()
                        RETURNING id""")
                .param("org", request.orgId())
                .param("id", Ids.next("pull"))
                .param("connection", request.connectionId())
                .param("trigger", request.trigger())
                .query(String.class)
                .single();
    }

    public String retryPull(PullRetry request) {
        return jdbc.sql("""
                        INSERT INTO pull (org_id, id, connection_id, source_id, trigger, retry_of)
                        SELECT p.org_id, :new, p.connection_id, p.source_id, 'retry', p.id
                          FROM pull p
                          JOIN pull_retryable r ON r.org_id = p.org_id AND r.id = p.id
                         WHERE p.org_id = :org AND p.id = :id
                        RETURNING id""")
                .param("org", request.orgId())
                .param("id", request.pullId())
                .param("new", Ids.next("pull"))
                .query(String.class)
                .optional()
                .orElseThrow(() -> new CaravanException(ErrorCode.NOTHING_TO_RETRY, "The pull has not ended."));
    }

    public String cancel(PullCancel request) {
        int cancelled = jdbc.sql("""
                        UPDATE pull
                           SET status = 'cancelled', completed_at = now()
                         WHERE org_id = :org AND id = :id AND status = 'queued'""")
                .param("org", request.orgId())
                .param("id", request.pullId())
                .update();
        if (cancelled == 0) {
            throw new CaravanException(ErrorCode.CONFLICT, "The pull has ended.");
        }
        return request.pullId();
    }

    public String disconnect(Disconnect request) {
        jdbc.sql("UPDATE connection SET status = 'disconnected', updated_at = now() WHERE org_id = :org AND id = :id")
                .param("org", request.orgId())
                .param("id", request.connectionId())
                .update();
        return request.connectionId();
    }

    public String erase(Erase request) {
        jdbc.sql("INSERT INTO erasure (org_id, connection_id) VALUES (:org, :id) ON CONFLICT DO NOTHING")
                .param("org", request.orgId())
                .param("id", request.connectionId())
                .update();
        jdbc.sql("""
                        UPDATE connection
                           SET status = 'disconnected', patient_id = NULL, erased_at = now()
                         WHERE org_id = :org AND id = :id""")
                .param("org", request.orgId())
                .param("id", request.connectionId())
                .update();
        return request.connectionId();
    }

    public String retry(RunRetry request) {
        return jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode, retry_of)
                        SELECT org_id, :id, destination_id, 'manual_retry', 'items', id
                          FROM export_run
                         WHERE org_id = :org AND id = :run
                        RETURNING id""")
                .param("org", request.orgId())
                .param("id", Ids.next("run"))
                .param("run", request.runId())
                .query(String.class)
                .single();
    }

    public String startRun(RunRequest request) {
        return jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode)
                        VALUES (:org, :id, :destination, 'manual', 'full')
                        RETURNING id""")
                .param("org", request.orgId())
                .param("id", Ids.next("run"))
                .param("destination", request.destinationId())
                .query(String.class)
                .single();
    }

    public String cancelRun(RunCancel request) {
        jdbc.sql("UPDATE export_run SET status = 'cancelled' WHERE org_id = :org AND id = :id")
                .param("org", request.orgId())
                .param("id", request.runId())
                .update();
        return request.runId();
    }

    public DestinationTestReport test(DestinationDraft draft) {
        boolean refused = draft.settings() instanceof ObjectStorageSettings storage
                && storage.bucket().equals(REFUSED_BUCKET);
        return new DestinationTestReport(List.of(
                new Step("resolve-name", "passed", "resolves", null),
                refused
                        ? new Step("write-probe", "failed", "answered 403: AccessDenied", "Allow s3:PutObject.")
                        : new Step("write-probe", "passed", "written, read back, deleted", null)));
    }
}
