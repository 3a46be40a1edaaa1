package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedRun;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Lease;
import io.caravan.support.Ids;
import io.caravan.testing.Flow;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Work is claimed by one node at a time, never more of it than its cap, and taken over from nodes that died (I8). */
class ClaimsIT extends FlowCase {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimsIT.class);

    private static final String RUNNING =
            "SELECT count(*) FROM export_item WHERE status = 'running' AND lease_until > clock_timestamp()";

    @Test
    void four_nodes_that_claim_at_once_never_hold_more_of_a_destination_than_its_cap() throws Exception {
        String destination = planned(100);
        List<Integer> held = new ArrayList<>();

        List<ClaimedItem> claimed = new Claimers<ClaimedItem>(
                        database, flow, node -> node.claimItems(50), round -> held.add(round.size()), Flow::delivered)
                .run();

        LOG.info("items: 4 nodes, {} claims in {} rounds", claimed.size(), held.size());
        assertThat(held).allMatch(n -> n <= Flow.CAP).contains(Flow.CAP);
        assertThat(claimed).extracting(ClaimedItem::id).doesNotHaveDuplicates().hasSize(101);
        assertThat(claimed).allMatch(item -> item.epoch() == 1);
        assertThat(claimed.get(100).kind()).isEqualTo("manifest");
        flow.end(destination);
        assertThat(flow.runs(destination, "succeeded")).hasSize(1);
    }

    @Test
    void whoever_looks_at_any_moment_sees_no_more_running_items_than_the_cap() throws Exception {
        String destination = planned(100);
        AtomicInteger delivered = new AtomicInteger();
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger mostSeen = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                all.add(threads.submit(() -> {
                    Flow own = flow.over(database.asApp());
                    while (delivered.get() < 101) {
                        List<ClaimedItem> mine = own.claimItems(50);
                        most.accumulateAndGet(holding.addAndGet(mine.size()), Math::max);
                        for (ClaimedItem item : mine) {
                            holding.decrementAndGet();
                            delivered.addAndGet(own.delivered(item));
                        }
                    }
                }));
            }
            all.add(threads.submit(() -> {
                JdbcClient observer = flow.jdbc();
                while (delivered.get() < 101) {
                    mostSeen.accumulateAndGet(
                            observer.sql(RUNNING).query(Integer.class).single(), Math::max);
                    looks.incrementAndGet();
                }
            }));
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        LOG.info("items: at most {} held, {} seen running in {} looks", most, mostSeen, looks);
        assertThat(most.get()).isBetween(1, Flow.CAP);
        assertThat(mostSeen.get()).isBetween(1, Flow.CAP);
        flow.end(destination);
        assertThat(flow.runs(destination, "succeeded")).hasSize(1);
    }

    /** Why claim_items counts in a statement of its own: the one that waits for the lock has an old snapshot. */
    @ParameterizedTest
    @CsvSource({"locking statement, 8", "next statement, 2"})
    void counting_where_the_lock_is_waited_for_breaks_the_cap(String counted, int running) throws Exception {
        planned(100);
        writeClaimFunction(counted.equals("locking statement"));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Connection first = database.asApp().getConnection()) {
            first.setAutoCommit(false);
            first.createStatement().execute("SELECT claim_counting()");
            List<Future<Void>> others = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                others.add(threads.submit(() -> {
                    new JdbcTemplate(database.asApp()).execute("SELECT claim_counting()");
                    return null;
                }));
            }
            Awaitility.await()
                    .until(() -> flow.jdbc()
                                    .sql(
                                            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())")
                                    .query(Integer.class)
                                    .single()
                            == 3);
            first.commit();
            for (Future<Void> other : others) {
                other.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(flow.jdbc().sql(RUNNING).query(Integer.class).single()).isEqualTo(running);
    }

    private void writeClaimFunction(boolean countWithLock) {
        String count = "(SELECT 2 - count(*) FROM export_item WHERE status = 'running')";
        new JdbcTemplate(database.asOwner())
                .execute("""
                CREATE FUNCTION claim_counting() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
                DECLARE
                    rationed record;
                BEGIN
                    FOR rationed IN SELECT d.id, %s AS room FROM destination d FOR NO KEY UPDATE OF d LOOP
                        UPDATE export_item SET status = 'running', lease_until = clock_timestamp() + INTERVAL '1 min'
                         WHERE id IN (SELECT id FROM export_item WHERE status = 'pending' ORDER BY ordinal
                                       LIMIT %s);
                    END LOOP;
                END
                $$""".formatted(countWithLock ? count : "0", countWithLock ? "rationed.room" : count));
    }

    @Test
    void a_destination_at_its_cap_does_not_hold_up_another() {
        planned(5);
        String other = flow.newDestination();
        assertThat(flow.claimItems(50)).hasSize(Flow.CAP);

        flow.queueRun(other, "full");
        flow.start(other, new Flow.Cut(1, 64 << 20));

        assertThat(flow.claimItems(50))
                .hasSize(Flow.CAP)
                .allMatch(i -> i.destinationId().equals(other));
        assertThat(flow.claimItems(50)).isEmpty();
    }

    @Test
    void no_more_is_claimed_than_the_node_has_slots_for() {
        planned(5);

        assertThat(flow.claimItems(0)).isEmpty();
        assertThat(flow.claimItems(1)).hasSize(1);
    }

    @Test
    void tasks_of_a_source_keep_to_its_cap_and_to_the_order_of_phases() throws Exception {
        List<String> sources = List.of(flow.source(), Ids.next("src"));
        flow.insertSource(sources.get(1), "second");
        Map<String, String> pulls = new HashMap<>();
        for (String source : sources) {
            String connection = source.equals(flow.source()) ? flow.connection() : Ids.next("conn");
            if (!connection.equals(flow.connection())) {
                flow.insertConnection(connection, source);
            }
            String pull = flow.requestPull(connection);
            pulls.put(pull, source);
            flow.newTask(pull, source, 0);
            for (int n = 0; n < 30; n++) {
                flow.newTask(pull, source, 1);
            }
            flow.newTask(pull, source, 2);
        }
        flow.claimPulls(50).forEach(flow::markPlanned);
        List<Map<String, Long>> perSource = new ArrayList<>();
        Map<String, List<String>> kinds = new HashMap<>();

        List<ClaimedTask> claimed = new Claimers<ClaimedTask>(
                        database,
                        flow,
                        node -> node.claimTasks(50, 2),
                        round -> {
                            perSource.add(round.stream()
                                    .collect(Collectors.groupingBy(ClaimedTask::sourceId, Collectors.counting())));
                            round.forEach(t -> kinds.computeIfAbsent(t.pullId(), p -> new ArrayList<>())
                                    .add(t.kind()));
                            assertThat(round.stream()
                                            .collect(Collectors.groupingBy(
                                                    ClaimedTask::pullId,
                                                    Collectors.mapping(ClaimedTask::kind, Collectors.toSet())))
                                            .values())
                                    .as("phases of one pull at one moment")
                                    .allMatch(k -> k.size() == 1);
                        },
                        Flow::done)
                .run();

        LOG.info("tasks: 4 nodes, {} claims in {} rounds", claimed.size(), perSource.size());
        assertThat(perSource).allMatch(n -> n.values().stream().allMatch(count -> count <= 2));
        assertThat(perSource).anyMatch(n -> n.size() == 2 && n.values().stream().allMatch(count -> count == 2));
        assertThat(claimed).extracting(ClaimedTask::id).doesNotHaveDuplicates().hasSize(64);
        assertThat(kinds.values()).hasSize(2).allSatisfy(order -> {
            assertThat(order.get(0)).isEqualTo("read");
            assertThat(order.subList(1, 31)).containsOnly("search");
            assertThat(order.subList(31, order.size())).containsExactly("references");
        });
    }

    @Test
    void a_pull_and_a_run_are_claimed_by_one_node_each_however_many_ask() throws Exception {
        for (int n = 0; n < 20; n++) {
            String connection = Ids.next("conn");
            flow.insertConnection(connection, flow.source());
            flow.requestPull(connection);
            flow.queueRun(flow.newDestination(), "delta");
        }

        List<ClaimedPull> pulls = new Claimers<ClaimedPull>(
                        database, flow, node -> node.claimPulls(3), round -> {}, Flow::markPlanned)
                .run();
        List<ClaimedRun> runs = new Claimers<ClaimedRun>(
                        database, flow, node -> node.claimRuns(3), round -> {}, (node, run) -> {})
                .run();

        assertThat(pulls)
                .filteredOn(pull -> pull.step().equals("plan"))
                .extracting(Lease::id)
                .doesNotHaveDuplicates()
                .hasSize(20);
        assertThat(runs).extracting(Lease::id).doesNotHaveDuplicates().hasSize(20);
    }

    @Test
    void an_item_whose_node_died_is_taken_over_at_the_next_epoch() {
        planned(1);
        ClaimedItem dead = flow.claimItems(50).get(0);
        assertThat(flow.claimItems(50)).isEmpty();

        flow.expire("export_item", dead.id());
        ClaimedItem taken = flow.claimItems(50).get(0);

        assertThat(taken.id()).isEqualTo(dead.id());
        assertThat(taken.epoch()).isEqualTo(dead.epoch() + 1);
        assertThat(flow.column("export_item", "takeovers", dead.id())).isEqualTo("1");
        assertThat(flow.delivered(dead)).isZero();
        assertThat(flow.delivered(taken)).isEqualTo(1);
    }

    @Test
    void an_item_that_outlived_five_nodes_is_failed_as_poison() {
        String destination = planned(1);
        String item = flow.claimItems(50).get(0).id();
        for (int takeover = 1; takeover <= Flow.TAKEOVERS; takeover++) {
            flow.expire("export_item", item);
            assertThat(flow.claimItems(50)).extracting(ClaimedItem::id).containsExactly(item);
        }

        flow.expire("export_item", item);

        assertThat(flow.claimItems(50)).isEmpty();
        assertThat(flow.column("export_item", "status", item)).isEqualTo("failed");
        assertThat(flow.column("export_item", "error_code", item)).isEqualTo("poison");
        assertThat(flow.column("export_item", "takeovers", item)).isEqualTo("5");
        flow.end(destination);
        assertThat(flow.runs(destination, "failed")).hasSize(1);
    }

    @Test
    void a_task_that_outlived_five_nodes_is_failed_as_poison_and_its_pull_goes_on() {
        String pull = flow.requestPull(flow.connection());
        flow.claimPulls(50).forEach(flow::markPlanned);
        String task = flow.newTask(pull, flow.source(), 1);
        flow.claimTasks(50, 4);
        for (int takeover = 1; takeover <= Flow.TAKEOVERS; takeover++) {
            flow.expire("pull_task", task);
            assertThat(flow.claimTasks(50, 4)).extracting(ClaimedTask::id).containsExactly(task);
        }

        flow.expire("pull_task", task);

        assertThat(flow.claimTasks(50, 4)).isEmpty();
        assertThat(flow.column("pull_task", "concat_ws(' ', status, error_code, takeovers)", task))
                .isEqualTo("failed poison 5");
        assertThat(flow.claimPulls(50)).extracting(ClaimedPull::step).containsExactly("settle");
    }

    @Test
    void an_item_that_failed_by_itself_is_no_takeover() {
        planned(1);
        for (int attempt = 1; attempt <= 8; attempt++) {
            flow.failed(flow.claimItems(50).get(0), true, false);
        }

        ClaimedItem item = flow.claimItems(50).get(0);

        assertThat(item.attempts()).isEqualTo(9);
        assertThat(flow.column("export_item", "takeovers", item.id())).isEqualTo("0");
    }

    @Test
    void a_task_a_pull_and_a_run_whose_node_died_are_taken_over() {
        String pull = flow.requestPull(flow.connection());
        ClaimedPull dead = flow.claimPulls(50).get(0);
        flow.expire("pull", pull);
        ClaimedPull planned = flow.claimPulls(50).get(0);
        assertThat(planned.epoch()).isEqualTo(dead.epoch() + 1);
        assertThat(planned.step()).isEqualTo("plan");
        assertThat(flow.markPlanned(dead)).isZero();
        assertThat(flow.markPlanned(planned)).isEqualTo(1);

        String task = flow.newTask(pull, flow.source(), 0);
        ClaimedTask walking = flow.claimTasks(50, 4).get(0);
        flow.expire("pull_task", task);
        ClaimedTask goingOn = flow.claimTasks(50, 4).get(0);
        assertThat(goingOn.epoch()).isEqualTo(walking.epoch() + 1);
        assertThat(flow.column("pull_task", "takeovers", task)).isEqualTo("1");
        assertThat(flow.done(walking)).isZero();
        assertThat(flow.done(goingOn)).isEqualTo(1);

        String run = flow.queueRun(flow.newDestination(), "delta");
        ClaimedRun frozen = flow.claimRuns(50).get(0);
        flow.expire("export_run", run);
        ClaimedRun again = flow.claimRuns(50).get(0);
        assertThat(again.epoch()).isEqualTo(frozen.epoch() + 1);
        assertThat(again.step()).isEqualTo("plan");
        assertThat(again.windowTo()).isEqualTo(frozen.windowTo());
    }

    @Test
    void the_manifest_waits_until_all_other_items_have_ended_and_one_was_delivered() {
        planned(3);

        ClaimedItem first = flow.claimItems(1).get(0);
        ClaimedItem second = flow.claimItems(1).get(0);
        flow.failed(first);
        flow.delivered(second);
        ClaimedItem third = flow.claimItems(50).get(0);
        assertThat(third.kind()).isEqualTo("file");
        assertThat(flow.claimItems(50)).as("one item is running").isEmpty();
        flow.failed(third, true, false);
        assertThat(flow.claimItems(50))
                .as("it is pending again")
                .extracting(ClaimedItem::id)
                .containsExactly(third.id());
        flow.expire("export_item", third.id());
        flow.delivered(flow.claimItems(50).get(0));

        assertThat(flow.claimItems(50)).extracting(ClaimedItem::kind).containsExactly("manifest");
    }

    @Test
    void a_manifest_that_has_nothing_to_list_is_never_claimed() {
        String destination = planned(2);
        flow.claimItems(50).forEach(flow::failed);

        assertThat(flow.claimItems(50)).isEmpty();
        ClaimedRun run = flow.end(destination);
        assertThat(flow.jdbc()
                        .sql("SELECT kind FROM export_item WHERE run_id = ?")
                        .param(run.id())
                        .query(String.class)
                        .list())
                .containsExactly("file", "file");
    }

    @Test
    void items_of_a_disabled_destination_rest() {
        String destination = planned(2);
        flow.enable(destination, false);
        assertThat(flow.claimItems(50)).isEmpty();

        flow.enable(destination, true);

        assertThat(flow.claimItems(50)).hasSize(2);
    }

    /** A destination with a run of so many files, one record each. */
    private String planned(int files) {
        String destination = flow.newDestination();
        land("v1", files);
        flow.queueRun(destination, "delta");
        flow.start(destination, new Flow.Cut(1, 64 << 20));
        return destination;
    }
}
