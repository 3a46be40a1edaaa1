package io.caravan.testing;

import io.caravan.destination.fhir.WriteOrder;
import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedRun;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Lease;
import io.caravan.run.Run;
import io.caravan.run.RunRepeat;
import io.caravan.run.Runs;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.LandingCounts;
import io.caravan.store.Records;
import io.caravan.support.Ids;
import io.caravan.support.SqlFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.beans.BeanUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Walks pulls, runs and their work through the flow's own statements, without routes: each call is one of them, or what
 * a test prepares. One organization with one source and one connection.
 */
public final class Flow {

    /** How files are cut, and whether they are packed into archives. */
    public record Cut(int itemRecords, long itemBytes, boolean zip) {

        public Cut(int itemRecords, long itemBytes) {
            this(itemRecords, itemBytes, false);
        }
    }

    /** A resource of the store, and the version that a test wrote into it. */
    public record Version(String key, String version) {}

    private record Receipt(
            String orgId,
            String id,
            int epoch,
            String objectKey,
            long bytes,
            String sha256,
            String etag,
            int delivered,
            int superseded,
            String entryOrdinals,
            String entryNames,
            String entryDelivered,
            String entrySuperseded) {}

    private record TaskFailure(
            String orgId,
            String id,
            int epoch,
            String outcome,
            long waitMillis,
            long holdMillis,
            boolean tried,
            int tries,
            boolean restart,
            String code,
            String message) {}

    private record ItemFailure(
            String orgId,
            String id,
            int epoch,
            boolean again,
            boolean stopsRun,
            long waitMillis,
            long pauseMillis,
            boolean doubts,
            String code,
            String message) {}

    public static final int CAP = 2;
    public static final int TAKEOVERS = 5;
    public static final String SILENCE = "1 min";
    public static final Cut DEFAULT_CUT = new Cut(50_000, 64 << 20);

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final Records records;
    private final Runs runs;
    private final String org;
    private final String source;
    private final String connection;

    private Flow(DataSource database, String org, String source, String connection) {
        this.template = new JdbcTemplate(database);
        this.jdbc = JdbcClient.create(template);
        this.records = of(Records.class, jdbc);
        this.runs = of(Runs.class, jdbc);
        this.org = org;
        this.source = source;
        this.connection = connection;
    }

    /** A new organization with a source and a connection to it. */
    public static Flow create(DataSource database) {
        Flow flow = new Flow(database, Ids.next("org"), Ids.next("src"), Ids.next("conn"));
        flow.jdbc
                .sql("INSERT INTO organization (id, name) VALUES (?, 'Test')")
                .param(flow.org)
                .update();
        flow.insertSource(flow.source, "main");
        flow.insertConnection(flow.connection, flow.source);
        return flow;
    }

    /** The same organization over other connections to the database. */
    public Flow over(DataSource database) {
        return new Flow(database, org, source, connection);
    }

    private static <T> T of(Class<T> repository, JdbcClient jdbc) {
        try {
            return BeanUtils.instantiateClass(repository.getDeclaredConstructor(JdbcClient.class), jdbc);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    public JdbcClient jdbc() {
        return jdbc;
    }

    public String org() {
        return org;
    }

    public String source() {
        return source;
    }

    public String connection() {
        return connection;
    }

    // --- what a test prepares

    public void insertSource(String id, String key) {
        jdbc.sql("""
                        INSERT INTO source (org_id, id, name, fhir_base_url, key, ids, pull_every)
                        VALUES (?, ?, 'S', 'https://fhir.example.org/r4', ?, 'scoped', INTERVAL '1 day')""").params(org, id, key).update();
    }

    public void insertConnection(String id, String sourceId) {
        jdbc.sql("INSERT INTO connection (org_id, id, source_id, patient_id) VALUES (?, ?, ?, ?)")
                .params(org, id, sourceId, "p-" + id)
                .update();
    }

    /** One that has earned all that it may be given. */
    public String newDestination() {
        String id = newUntriedDestination();
        jdbc.sql("UPDATE destination SET answered_at = clock_timestamp(), pace = 100 WHERE id = ?")
                .param(id)
                .update();
        return id;
    }

    /** One to which nothing was delivered yet. */
    public String newUntriedDestination() {
        String id = Ids.next("dest");
        jdbc.sql("""
                        INSERT INTO destination (org_id, id, name, type, settings)
                        VALUES (?, ?, ?, 'object_storage', '{}')""").params(org, id, id).update();
        return id;
    }

    /** A FHIR server; {@code settings} besides its base URL, as JSON. */
    public String newFhirDestination(String settings) {
        String id = Ids.next("dest");
        jdbc.sql(
                        "INSERT INTO destination (org_id, id, name, type, settings, answered_at, pace) VALUES (?, ?, ?, 'fhir', CAST(? AS jsonb), now(), 100)")
                .params(org, id, id, settings)
                .update();
        return id;
    }

    public void enable(String destination, boolean enabled) {
        jdbc.sql("UPDATE destination SET enabled = ? WHERE id = ?")
                .params(enabled, destination)
                .update();
    }

    public String queueRun(String destination, String mode) {
        String id = Ids.next("run");
        jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode)
                        VALUES (?, ?, ?, 'manual', ?)""").params(org, id, destination, mode).update();
        return id;
    }

    public String requestPull(String connectionId) {
        return FlowStatement.of(jdbc, "pull/request-pull")
                .with("orgId", org)
                .with("connectionId", connectionId)
                .with("trigger", "manual")
                .with("fullWalk", false)
                .query()
                .query(String.class)
                .single();
    }

    /** A task of a pull that is planned: kind {@code read} in phase 0, {@code search} in 1, {@code references} in 2. */
    public String newTask(String pull, String sourceId, int phase) {
        String id = Ids.next("task");
        jdbc.sql("""
                        INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query)
                        VALUES (?, ?, ?, ?, ?, ?, 'Observation', 'Observation?patient=1')""")
                .params(
                        org,
                        id,
                        pull,
                        sourceId,
                        phase,
                        List.of("read", "search", "references").get(phase))
                .update();
        return id;
    }

    /** So many searches of a pull that is planned. */
    public void newTasks(String pull, String sourceId, int tasks) {
        jdbc.sql("""
                        INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query)
                        SELECT ?, new_id('task'), ?, ?, 1, 'search', 'Observation', 'Observation?patient=1'
                          FROM generate_series(1, ?)""").params(org, pull, sourceId, tasks).update();
    }

    /** The lease of this row runs out now. */
    public void expire(String table, String id) {
        jdbc.sql("UPDATE %s SET lease_until = clock_timestamp() - INTERVAL '1 second' WHERE id = ?".formatted(table))
                .param(id)
                .update();
    }

    /** One column of one row as text. */
    public String column(String table, String column, String id) {
        return jdbc.sql("SELECT %s::text FROM %s WHERE id = ?".formatted(column, table))
                .param(id)
                .query(String.class)
                .optional()
                .orElse(null);
    }

    // --- the store

    /** Lands a version of each of these Observations in the statement that a page uses. */
    public LandingCounts land(String version, List<String> ids) {
        return records.land(new LandingBatch(
                org,
                source,
                connection,
                "pull_test",
                Optional.of("p"),
                ids.stream().map(id -> resource(id, version)).toList()));
    }

    /** What the connection sees is withheld, as when it is disconnected. */
    public void withhold() {
        seen("connection/withhold-records");
    }

    /** What was withheld of it is seen again, as when it is connected. */
    public void giveBack() {
        seen("connection/return-records");
    }

    private void seen(String statement) {
        FlowStatement.of(jdbc, statement)
                .with("orgId", org)
                .with("connectionId", connection)
                .update();
    }

    /** These Observations are erased, as when the only connection that sees them is. */
    public void erase(List<String> ids) {
        jdbc.sql("""
                        UPDATE resource_record
                           SET content = '', content_hash = '', bytes = 0, original_id = NULL, patient_id = NULL,
                               deleted = true, withheld_xid = NULL, erased_by = :connection,
                               changed_xid = pg_current_xact_id(), changed_at = now()
                         WHERE org_id = :org AND type = 'Observation' AND source_id = :source AND id IN (:ids)
                           AND NOT deleted""")
                .param("org", org)
                .param("source", source)
                .param("connection", connection)
                .param("ids", ids)
                .update();
    }

    /** Removes erased records for good where that may be; how many. */
    public int purge() {
        int gone = FlowStatement.of(jdbc, "leave/purge-tombstones")
                .with("orgId", org)
                .query()
                .query(Integer.class)
                .single();
        for (String narrow : List.of("leave/narrow-items", "leave/narrow-entries")) {
            FlowStatement.of(jdbc, narrow).with("orgId", org).update();
        }
        return gone;
    }

    /** These Observations are gone at their source: what a pull writes that found it out. */
    public void delete(List<String> ids) {
        jdbc.sql("""
                        UPDATE resource_record
                           SET content = '', content_hash = '', bytes = 0, deleted = true,
                               changed_xid = pg_current_xact_id(), changed_at = now()
                         WHERE org_id = :org AND type = 'Observation' AND source_id = :source AND id IN (:ids)""")
                .param("org", org)
                .param("source", source)
                .param("ids", ids)
                .update();
    }

    private static CutResource resource(String id, String version) {
        String content = "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"v\":\"%s\"}".formatted(id, version);
        return new CutResource(
                "Observation",
                id,
                id,
                Optional.empty(),
                false,
                List.of("p"),
                List.of(),
                content.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@link #land} wrote, taken from a line again. */
    public static Version version(String line) {
        String[] parts = line.split("\"");
        return new Version(parts[7], parts[11]);
    }

    public List<Version> store() {
        return jdbc.sql("SELECT content FROM resource_record WHERE org_id = ? AND NOT deleted")
                .param(org)
                .query((row, n) -> version(row.getString(1)))
                .list();
    }

    // --- runs

    public List<ClaimedRun> claimRuns(int free) {
        return claim("run/claim-runs", "freeRuns", free).query(ClaimedRun.class).list();
    }

    public void plan(ClaimedRun run, Cut cut) {
        FlowStatement statement = run.mode().equals("items")
                ? FlowStatement.of(jdbc, "export/plan-retry")
                : FlowStatement.of(jdbc, "export/plan-run")
                        .with("zip", cut.zip())
                        .with("itemRecords", cut.itemRecords())
                        .with("itemBytes", cut.itemBytes());
        int planned = statement
                .with("orgId", run.orgId())
                .with("id", run.id())
                .with("epoch", run.epoch())
                .update();
        if (planned != 1) {
            throw new AssertionError(run.id() + " is not ours to plan");
        }
    }

    /** The plan of a run to a FHIR server. */
    public void planBundles(ClaimedRun run, int itemRecords) {
        FlowStatement statement = run.mode().equals("items")
                ? FlowStatement.of(jdbc, "export/plan-retry")
                : FlowStatement.of(jdbc, "export/plan-bundles")
                        .with("itemRecords", itemRecords)
                        .with("itemBytes", 64L << 20)
                        .with("types", types(WriteOrder.Ranked::type, "text"))
                        .with("ranks", types(WriteOrder.Ranked::rank, "int"))
                        .with("otherRank", WriteOrder.OTHERS)
                        .with("lastRank", WriteOrder.LAST);
        int planned = statement
                .with("orgId", run.orgId())
                .with("id", run.id())
                .with("epoch", run.epoch())
                .update();
        if (planned != 1) {
            throw new AssertionError(run.id() + " is not ours to plan");
        }
    }

    private static SqlArrayValue types(Function<WriteOrder.Ranked, ?> column, String type) {
        return new SqlArrayValue(type, WriteOrder.types().stream().map(column).toArray());
    }

    public void settle(ClaimedRun run) {
        FlowStatement.of(jdbc, "export/settle-run").body(run).update();
    }

    /** Claims and plans the destination's queued run. */
    public ClaimedRun start(String destination) {
        return start(destination, DEFAULT_CUT);
    }

    public ClaimedRun start(String destination, Cut cut) {
        ClaimedRun run = claimRuns(50).stream()
                .filter(r -> r.destinationId().equals(destination) && r.step().equals("plan"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No run to plan for " + destination));
        plan(run, cut);
        return run;
    }

    /** Claims the destination's run that is to be settled, and settles it. */
    public ClaimedRun end(String destination) {
        ClaimedRun run = claimRuns(50).stream()
                .filter(r -> r.destinationId().equals(destination) && r.step().equals("settle"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No run to settle for " + destination));
        settle(run);
        return run;
    }

    public Optional<String> retry(String run) {
        return retry(run, "manual_retry", 0);
    }

    /** What {@code repeat-runs} finds now, queued; in how many seconds each is due, by the run that failed. */
    public Map<String, Integer> repeat(String first, String longest, String patience) {
        Map<String, Integer> found = new LinkedHashMap<>();
        FlowStatement.of(jdbc, "export/find-repeats")
                .with("repeatFirst", first)
                .with("repeatLongest", longest)
                .with("repeatFor", patience)
                .query()
                .query(RunRepeat.class)
                .list()
                .forEach(repeat -> {
                    retry(repeat.runId(), "auto_retry", repeat.waitSeconds());
                    found.put(repeat.runId(), repeat.waitSeconds());
                });
        return found;
    }

    private Optional<String> retry(String run, String trigger, int wait) {
        return FlowStatement.of(jdbc, "export/retry-run")
                .with("orgId", org)
                .with("id", run)
                .with("trigger", trigger)
                .with("wait", wait)
                .query()
                .query(String.class)
                .optional();
    }

    /** Somebody stops the run: it ends after the items in flight. */
    public Optional<String> cancel(String run) {
        return FlowStatement.of(jdbc, "export/cancel-run")
                .with("orgId", org)
                .with("id", run)
                .query()
                .query(String.class)
                .optional();
    }

    /** The run as the API shows it. */
    public Run run(String id) {
        return runs.get(org, id);
    }

    public int sweep() {
        return FlowStatement.of(jdbc, "export/sweep-destinations")
                .with("quiet", "0 s")
                .update();
    }

    // --- items

    public List<ClaimedItem> claimItems(int free) {
        return claimItems(free, CAP);
    }

    public List<ClaimedItem> claimItems(int free, int cap) {
        return claimItems(free, cap, free);
    }

    /** Of a node on which destinations in doubt may have so many slots. */
    public List<ClaimedItem> claimItems(int free, int cap, int inDoubt) {
        return claim("run/claim-items", "freeItems", free)
                .param("perDestination", cap)
                .param("itemsInDoubt", inDoubt)
                .param("silence", SILENCE)
                .param("takeovers", TAKEOVERS)
                .query(ClaimedItem.class)
                .list();
    }

    /** The lines of a file, as its window saw them; of a file of deletions what it deletes, each {@code Type/id}. */
    public List<String> read(ClaimedItem item) {
        boolean deleted = item.kind().equals("deleted");
        List<Object> parameters = new ArrayList<>(List.of(
                item.orgId(),
                item.resourceType(),
                item.fromSource(),
                item.fromId(),
                item.toSource(),
                item.toId(),
                item.windowFrom(),
                item.windowTo(),
                item.windowFrom(),
                item.windowTo()));
        if (!deleted) {
            parameters.add(column("export_run", "backfill", item.runId()));
            parameters.add(item.windowTo());
        }
        return template.queryForList(
                SqlFiles.load(deleted ? "deliver/read-deleted" : "deliver/read-item"),
                String.class,
                parameters.toArray());
    }

    /** How many of a file's keys have a version that its window does not see: so many may be missing from it. */
    public int changedSince(ClaimedItem item) {
        return template.queryForObject(
                SqlFiles.load("deliver/count-changed-since"),
                Integer.class,
                item.orgId(),
                item.resourceType(),
                item.fromSource(),
                item.fromId(),
                item.toSource(),
                item.toId(),
                item.windowTo());
    }

    /** Rows written: one, or none where the item is another's. */
    public int delivered(ClaimedItem item) {
        return delivered(item, item.selected());
    }

    public int delivered(ClaimedItem item, int found) {
        return delivered(item, found, item.selected() - found);
    }

    public int delivered(ClaimedItem item, int found, int superseded) {
        Receipt receipt = new Receipt(
                item.orgId(), item.id(), item.epoch(), "o", 1, "00", "00", found, superseded, "{}", "{}", "{}", "{}");
        return FlowStatement.of(jdbc, "run/track-item-delivered")
                .body(receipt)
                .with("silence", SILENCE)
                .update();
    }

    public void failed(ClaimedItem item) {
        failed(item, false, false);
    }

    /** It was tried for as long as an item is, and every time failed for a reason that may pass. */
    public void failedForNow(ClaimedItem item) {
        failed(item, true, false, "0 s");
    }

    public void failed(ClaimedItem item, boolean again, boolean stopsRun) {
        failed(item, again, stopsRun, "10 min");
    }

    /** It failed, and its destination asked to be left alone for so long. */
    public void throttled(ClaimedItem item, long pauseMillis) {
        failed(item, true, false, "10 min", pauseMillis);
    }

    private void failed(ClaimedItem item, boolean again, boolean stopsRun, String retryFor) {
        failed(item, again, stopsRun, retryFor, 0);
    }

    private void failed(ClaimedItem item, boolean again, boolean stopsRun, String retryFor, long pauseMillis) {
        ItemFailure failure = new ItemFailure(
                item.orgId(),
                item.id(),
                item.epoch(),
                again,
                stopsRun,
                0,
                pauseMillis,
                again,
                "destination_refused",
                "It was refused.");
        FlowStatement.of(jdbc, "run/track-item-failed")
                .body(failure)
                .with("retryFor", retryFor)
                .update();
    }

    // --- pulls

    public List<ClaimedPull> claimPulls(int free) {
        return claim("run/claim-pulls", "freePulls", free)
                .query(ClaimedPull.class)
                .list();
    }

    /** Rows written: one, or none where the pull is another's. */
    public int markPlanned(ClaimedPull pull) {
        return FlowStatement.of(jdbc, "pull/mark-pull-planned")
                .with("orgId", pull.orgId())
                .with("id", pull.id())
                .with("epoch", pull.epoch())
                .with("warnings", "[]")
                .with("sourceClock", null)
                .update();
    }

    public void settle(ClaimedPull pull) {
        settle(pull, "0 s");
    }

    public void settle(ClaimedPull pull, String quiet) {
        FlowStatement.of(jdbc, "pull/settle-pull")
                .body(pull)
                .with("quiet", quiet)
                .update();
    }

    public List<ClaimedTask> claimTasks(int free, int cap) {
        return claim("run/claim-tasks", "freeTasks", free)
                .param("perSource", cap)
                .param("takeovers", TAKEOVERS)
                .query(ClaimedTask.class)
                .list();
    }

    /** The task's last page landed; rows written. */
    public int done(ClaimedTask task) {
        return advance(task, true).size();
    }

    /** A page of the task landed, and there is another; the status that the task has now. */
    public String advance(ClaimedTask task) {
        return advance(task, false).get(0);
    }

    private List<String> advance(ClaimedTask task, boolean ended) {
        return FlowStatement.of(jdbc, "pull/advance-task")
                .with("orgId", task.orgId())
                .with("id", task.id())
                .with("epoch", task.epoch())
                .with("nextUrl", null)
                .with("ended", ended)
                .with("asks", !ended)
                .with("seen", 0)
                .with("created", 0)
                .with("changed", 0)
                .with("unchanged", 0)
                .with("warnings", "[]")
                .query()
                .query(String.class)
                .list();
    }

    /** The task failed for good, or, where its walk can begin anew, goes back to page one. */
    public void failed(ClaimedTask task, String code, boolean restart) {
        failed(task, "failed", 0, 0, restart, code);
    }

    /** The task failed and is tried again later; its source asked to wait, where {@code holdMillis} is not 0. */
    public void failed(ClaimedTask task, String code, long waitMillis, long holdMillis) {
        failed(task, "pending", waitMillis, holdMillis, false, code);
    }

    private void failed(
            ClaimedTask task, String outcome, long waitMillis, long holdMillis, boolean restart, String code) {
        FlowStatement.of(jdbc, "pull/track-task-failed")
                .body(new TaskFailure(
                        task.orgId(),
                        task.id(),
                        task.epoch(),
                        outcome,
                        waitMillis,
                        holdMillis,
                        true,
                        1,
                        restart,
                        code,
                        "It failed."))
                .update();
    }

    /** Leave for one more request to the source: null, or how long to wait for it (ms). */
    public Long takeRequest() {
        return FlowStatement.of(jdbc, "pull/take-request")
                .with("orgId", org)
                .with("sourceId", source)
                .query()
                .query((row, n) -> row.getObject(1, Long.class))
                .list()
                .get(0);
    }

    /** A whole pull that brings nothing but what the test landed: planned, its patient read, and settled. */
    public void pullThrough() {
        String pull = requestPull(connection);
        markPlanned(mine(claimPulls(50), pull));
        newTask(pull, source, 0);
        claimTasks(50, 50).stream().filter(t -> t.pullId().equals(pull)).forEach(this::done);
        settle(mine(claimPulls(50), pull));
    }

    public static <T extends Lease> T mine(List<T> claimed, String id) {
        return claimed.stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " was not claimed"));
    }

    private JdbcClient.StatementSpec claim(String path, String free, int slots) {
        return FlowStatement.of(jdbc, path)
                .with("node", "node-" + Thread.currentThread().getId())
                .with(free, slots)
                .with("lease", "15000 milliseconds")
                .query();
    }

    /** The ids of a destination's runs that have this status, oldest first. */
    public List<String> runs(String destination, String status) {
        return new ArrayList<>(
                jdbc.sql("SELECT id FROM export_run WHERE destination_id = ? AND status = ? ORDER BY queued_at, id")
                        .params(destination, status)
                        .query(String.class)
                        .list());
    }
}
