package io.caravan.export;

import io.caravan.destination.fhir.WriteOrder;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Leases;
import io.caravan.run.RunCancel;
import io.caravan.run.RunRepeat;
import io.caravan.run.RunRequest;
import io.caravan.run.RunRetry;
import io.caravan.support.SqlFiles;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a run writes down before its items are delivered; each public method is one transaction. */
@Component
class RunLedger {

    private static final String PLAN = SqlFiles.load("export/plan-run");
    private static final String PLAN_BUNDLES = SqlFiles.load("export/plan-bundles");
    private static final String PLAN_RETRY = SqlFiles.load("export/plan-retry");
    private static final String REQUEST = SqlFiles.load("export/request-run");
    private static final String CANCEL = SqlFiles.load("export/cancel-run");
    private static final String LOCK = SqlFiles.load("export/lock-run");
    private static final String RETRY = SqlFiles.load("export/retry-run");
    private static final String HASTEN = SqlFiles.load("export/hasten-retry");

    private final JdbcClient jdbc;
    private final ExportSettings settings;

    RunLedger(JdbcClient jdbc, ExportSettings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    @Transactional
    public void plan(ClaimedRun run, Long itemBytes, boolean zip) {
        JdbcClient.StatementSpec statement = run.mode().equals("items")
                ? jdbc.sql(PLAN_RETRY)
                : jdbc.sql(PLAN)
                        .param("zip", zip)
                        .param("itemRecords", settings.itemRecords())
                        .param(
                                "itemBytes",
                                itemBytes == null ? settings.itemBytes().toBytes() : itemBytes);
        planned(run, statement);
    }

    /** The plan of a run to a FHIR server. */
    @Transactional
    public void planBundles(ClaimedRun run) {
        planned(run, run.mode().equals("items") ? jdbc.sql(PLAN_RETRY) : bundles());
    }

    private JdbcClient.StatementSpec bundles() {
        List<WriteOrder.Ranked> types = WriteOrder.types();
        return jdbc.sql(PLAN_BUNDLES)
                .param("itemRecords", settings.bundlesRecords())
                .param("itemBytes", settings.itemBytes().toBytes())
                .param(
                        "types",
                        new SqlArrayValue(
                                "text",
                                types.stream().map(WriteOrder.Ranked::type).toArray()))
                .param(
                        "ranks",
                        new SqlArrayValue(
                                "int",
                                types.stream().map(WriteOrder.Ranked::rank).toArray()))
                .param("otherRank", WriteOrder.OTHERS)
                .param("lastRank", WriteOrder.LAST);
    }

    private static void planned(ClaimedRun run, JdbcClient.StatementSpec statement) {
        int planned = statement
                .param("orgId", run.orgId())
                .param("id", run.id())
                .param("epoch", run.epoch())
                .update();
        if (planned == 0) {
            throw Leases.lost(run);
        }
    }

    @Transactional
    public Optional<String> request(RunRequest request) {
        return jdbc.sql(REQUEST)
                .param("orgId", request.orgId())
                .param("destinationId", request.destinationId())
                .param("mode", request.mode())
                .query(String.class)
                .optional();
    }

    @Transactional
    public Optional<String> cancel(RunCancel cancel) {
        return jdbc.sql(CANCEL)
                .param("orgId", cancel.orgId())
                .param("id", cancel.runId())
                .query(String.class)
                .optional();
    }

    /** An automatic retry that waits is it, and waits no longer. */
    @Transactional
    public Optional<String> retry(RunRetry retry) {
        lock(retry.orgId(), retry.runId());
        Optional<String> waiting = jdbc.sql(HASTEN)
                .param("orgId", retry.orgId())
                .param("id", retry.runId())
                .query(String.class)
                .optional();
        return waiting.or(() -> queue(retry.orgId(), retry.runId(), "manual_retry", 0));
    }

    @Transactional
    public Optional<String> repeat(RunRepeat repeat) {
        lock(repeat.orgId(), repeat.runId());
        return queue(repeat.orgId(), repeat.runId(), "auto_retry", repeat.waitSeconds());
    }

    private void lock(String orgId, String id) {
        jdbc.sql(LOCK).param("orgId", orgId).param("id", id).query(String.class).optional();
    }

    private Optional<String> queue(String orgId, String id, String trigger, int wait) {
        return jdbc.sql(RETRY)
                .param("orgId", orgId)
                .param("id", id)
                .param("trigger", trigger)
                .param("wait", wait)
                .query(String.class)
                .optional();
    }
}
