package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.pull.DirectRead.Answer;
import io.caravan.run.ClaimedTask;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.LandingCounts;
import io.caravan.store.PageWarning;
import io.caravan.store.RecordKey;
import io.caravan.support.CaravanException;
import io.caravan.testing.Flow;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is nominated as vanished, and what becomes of it (product.md § 2, point 8). */
class VanishedTest extends LedgerCase {

    @Test
    void what_the_connection_saw_and_no_walk_of_its_type_shows_is_nominated_with_one_that_is_shown() {
        pulled(resources("Observation", "a", "b", "c"), resources("Goal", "g"));

        show(walk("Observation"), resource("Observation", "a"));
        show(walk("Observation"), resource("Observation", "b"));
        show(walk("Goal"), resource("Goal", "g"));

        assertThat(nominees(vanished())).containsExactly("Observation/a control", "Observation/c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "full_walk = false",
                "shows_all = false",
                "status = 'failed'",
                "status = 'refused'",
            })
    void a_type_that_one_query_did_not_walk_whole_nominates_nothing(String flaw) {
        pulled(resources("Observation", "a", "b"), resources("Goal", "g"));
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask flawed = walk("Observation");
        show(flawed);
        flow.jdbc()
                .sql("UPDATE pull_task SET %s WHERE id = ?".formatted(flaw))
                .param(flawed.id())
                .update();
        show(walk("Goal"));

        assertThat(nominees(vanished())).containsExactly("Goal/g");
    }

    @Test
    void a_query_that_its_source_does_not_know_hides_nothing_unless_it_knows_none_of_the_type() {
        pulled(resources("Observation", "a", "b"), resources("Goal", "g"));
        show(walk("Observation"), resource("Observation", "a"));
        for (String type : List.of("Observation", "Goal")) {
            ClaimedTask unknown = walk(type);
            show(unknown);
            flow.jdbc()
                    .sql("UPDATE pull_task SET status = 'unsupported' WHERE id = ?")
                    .param(unknown.id())
                    .update();
        }

        assertThat(nominees(vanished())).containsExactly("Observation/a control", "Observation/b");
    }

    @Test
    void a_type_that_is_only_referred_to_is_never_nominated() {
        pulled(resources("Practitioner", "d"), resources("Observation", "a"));
        show(walk("Observation"), resource("Observation", "a"));

        assertThat(nominees(vanished())).isEmpty();
    }

    @Test
    void a_result_that_was_read_by_reference_counts_as_shown() {
        pulled(resources("Observation", "a", "hidden"));
        show(walk("Observation"), resource("Observation", "a"));
        PullTask references = PullTask.of(task("references", 2, "*", false));
        ledger.landReferences(references, List.of(batch(resource("Observation", "hidden"))), Map.of(), List.of());
        ledger.endReferences(references.finished(), List.of());

        assertThat(nominees(vanished())).isEmpty();
    }

    @Test
    void a_page_that_may_not_be_all_leaves_a_doubt_on_its_walk_and_one_with_odd_resources_does_not() {
        ClaimedTask doubtful = walk("Observation");
        ledger.land(
                PullTask.of(doubtful),
                page(doubtful, "https://x/2"),
                batch(),
                List.of(),
                List.of(new PageWarning("incomplete", "…")));
        ledger.land(PullTask.of(doubtful), PullTask.of(doubtful).finished(), batch(), List.of(), List.of());
        ClaimedTask fine = walk("Goal");
        ledger.land(
                PullTask.of(fine),
                PullTask.of(fine).finished(),
                batch(),
                List.of(),
                List.of(new PageWarning("missing_id", "…"), new PageWarning("any", "…", "information", List.of())));

        assertThat(flow.column("pull_task", "shows_all", doubtful.id())).isEqualTo("false");
        assertThat(flow.column("pull_task", "shows_all", fine.id())).isEqualTo("true");
    }

    @ParameterizedTest
    @CsvSource({
        "20, 20, true",
        "21, 21, false",
        "210, 21, true",
        "209, 21, false",
        "1000, 100, true",
        "1000, 101, false",
    })
    void more_than_twenty_and_a_tenth_at_once_are_not_believed(int known, int missing, boolean nominated) {
        pulled(many("Observation", 0, known));

        show(walk("Observation"), many("Observation", missing, known));
        ClaimedTask task = vanished();

        assertThat(ledger.pendingNominees(task, 5000).stream().filter(n -> !n.control()))
                .hasSize(nominated ? missing : 0);
        assertThat(warnings(task))
                .isEqualTo(
                        nominated
                                ? "[]"
                                : "[\"%d of %d Observation are not shown any more. So many at once may be the source's mistake: nothing was deleted.\"]"
                                        .formatted(missing, known));
    }

    @Test
    void many_of_all_types_together_are_not_believed_and_one_type_with_too_many_spares_the_others() {
        pulled(many("Observation", 0, 50), many("Goal", 0, 50), many("Condition", 0, 50));
        for (String type : List.of("Observation", "Goal", "Condition")) {
            show(walk(type), many(type, 10, 50));
        }
        ClaimedTask task = vanished();

        assertThat(nominees(task)).isEmpty();
        assertThat(warnings(task)).contains("30 of 150 records are not shown");
    }

    @Test
    void what_is_gone_is_seen_no_longer_and_becomes_a_tombstone_that_is_a_change() {
        pulled(resources("Observation", "a", "b", "c"));
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask task = vanished();
        String before = record("b", "changed_xid");

        answer(task, n -> n.id().equals("main-b") ? Answer.MISSING : Answer.DONE);

        assertThat(record("b", "concat_ws('|', deleted, content, content_hash, bytes)"))
                .isEqualTo("t||\\x|0");
        assertThat(record("b", "changed_xid")).isNotEqualTo(before);
        assertThat(record("c", "deleted")).isEqualTo("false");
        assertThat(sightings()).containsExactly("main-a", "main-c");
        assertThat(flow.column("pull_task", "deleted", task.id())).isEqualTo("1");
        assertThat(nominees(task)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"REFUSED", "OTHER_PATIENT", "UNREADABLE", "FAILED"})
    void whatever_else_a_source_says_deletes_nothing_and_is_said(Answer answer) {
        pulled(resources("Observation", "a", "b"));
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask task = vanished();

        answer(task, n -> n.control() ? Answer.DONE : answer);
        ledger.endNominees(PullTask.of(task).finished());

        assertThat(record("b", "deleted")).isEqualTo("false");
        assertThat(sightings()).containsExactly("main-a", "main-b");
        assertThat(warnings(task)).contains("1 Observation are not shown any more, but the source does not say");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MISSING", "REFUSED", "UNREADABLE"})
    void a_source_that_does_not_even_give_what_it_has_just_shown_is_not_believed(Answer ofTheControl) {
        pulled(resources("Observation", "a", "b"), resources("Goal", "g"));
        show(walk("Observation"), resource("Observation", "a"));
        show(walk("Goal"));
        ClaimedTask task = vanished();

        answer(task, n -> n.control() ? ofTheControl : Answer.MISSING);
        ledger.endNominees(PullTask.of(task).finished());

        assertThat(record("a", "deleted")).isEqualTo("false");
        assertThat(record("b", "deleted")).isEqualTo("false");
        assertThat(record("g", "deleted")).as("nothing of its type was shown").isEqualTo("true");
        assertThat(warnings(task)).contains("1 Observation are not shown").doesNotContain("Goal");
    }

    @Test
    void a_record_lives_until_no_connection_sees_it() {
        flow.insertConnection("conn_other", flow.source());
        pulled(resources("Observation", "a", "b"));
        seenByTheOther("b");
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask task = vanished();

        answer(task, n -> n.control() ? Answer.DONE : Answer.MISSING);
        assertThat(record("b", "concat_ws('|', deleted, withheld_xid IS NOT NULL)"))
                .isEqualTo("f|f");
        assertThat(flow.column("pull_task", "deleted", task.id())).isEqualTo("0");

        forgottenByTheOther("b");
        assertThat(record("b", "deleted")).isEqualTo("true");
    }

    @Test
    void what_only_a_disconnected_connection_has_seen_is_left_out_of_backfills() {
        flow.insertConnection("conn_other", flow.source());
        flow.jdbc()
                .sql("UPDATE connection SET status = 'disconnected' WHERE id = 'conn_other'")
                .update();
        pulled(resources("Observation", "a", "b"));
        seenByTheOther("b");
        show(walk("Observation"), resource("Observation", "a"));

        answer(vanished(), n -> n.control() ? Answer.DONE : Answer.MISSING);

        assertThat(record("b", "concat_ws('|', deleted, withheld_xid IS NOT NULL)"))
                .isEqualTo("f|t");
    }

    @Test
    void a_record_that_another_connection_begins_to_see_at_that_moment_lives() {
        flow.insertConnection("conn_other", flow.source());
        pulled(resources("Observation", "a", "b"));
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask task = vanished();

        CompletableFuture<Void> forgetting = transactions().execute(landing -> {
            records().land(of("conn_other", resource("Observation", "b")));
            CompletableFuture<Void> waits =
                    CompletableFuture.runAsync(() -> answer(task, n -> n.control() ? Answer.DONE : Answer.MISSING));
            Awaitility.await("the other transaction is waited for")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> waits.isDone() || somebodyWaits());
            return waits;
        });
        forgetting.join();

        assertThat(record("b", "deleted")).isEqualTo("false");
        assertThat(flow.jdbc()
                        .sql("SELECT connection_id FROM record_sighting WHERE id = 'main-b'")
                        .query(String.class)
                        .list())
                .containsExactly("conn_other");
    }

    @Test
    void one_that_returns_is_a_change_even_as_it_was() {
        pulled(resources("Observation", "a", "b"));
        show(walk("Observation"), resource("Observation", "a"));
        answer(vanished(), n -> n.control() ? Answer.DONE : Answer.MISSING);
        String gone = record("b", "changed_xid");

        LandingCounts again = records().land(of(flow.connection(), resource("Observation", "b")));

        assertThat(again).isEqualTo(new LandingCounts(1, 0, 1));
        assertThat(record("b", "deleted")).isEqualTo("false");
        assertThat(record("b", "content")).contains("main-b");
        assertThat(record("b", "changed_xid")).isNotEqualTo(gone);
        assertThat(sightings()).containsExactly("main-a", "main-b");
    }

    @Test
    void a_node_that_was_replaced_neither_nominates_nor_deletes() {
        pulled(resources("Observation", "a", "b"));
        show(walk("Observation"), resource("Observation", "a"));
        ClaimedTask frozen = task("vanished", 4, "*", false);
        flow.expire("pull_task", frozen.id());
        ClaimedTask task = flow.claimTasks(1, 1).get(0);

        assertThatThrownBy(() -> ledger.nominate(PullTask.of(frozen))).isInstanceOf(CaravanException.class);
        assertThat(nominees(task)).isEmpty();
        ledger.nominate(PullTask.of(task));
        assertThatThrownBy(() -> answer(frozen, n -> n.control() ? Answer.DONE : Answer.MISSING))
                .isInstanceOf(CaravanException.class);

        assertThat(record("b", "deleted")).isEqualTo("false");
        assertThat(nominees(task)).containsExactly("Observation/a control", "Observation/b");
    }

    @Test
    void what_was_shown_and_what_was_nominated_goes_with_the_end_of_the_pull() {
        pulled(resources("Observation", "a", "b"));
        show(walk("Observation"), resource("Observation", "a"));
        answer(vanished(), n -> n.control() ? Answer.DONE : Answer.MISSING);
        flow.jdbc().sql("UPDATE pull_task SET status = 'done'").update();

        flow.settle(Flow.mine(flow.claimPulls(5), pull));

        for (String table : List.of("pull_seen", "pull_nominee", "pull_reference")) {
            assertThat(flow.jdbc()
                            .sql("SELECT count(*) FROM " + table)
                            .query(Integer.class)
                            .single())
                    .as(table)
                    .isZero();
        }
    }

    /** An earlier pull brought these. */
    private void pulled(CutResource[]... landed) {
        for (CutResource[] of : landed) {
            records().land(of(flow.connection(), of));
        }
    }

    private ClaimedTask vanished() {
        ClaimedTask task = task("vanished", 4, "*", false);
        ledger.nominate(PullTask.of(task));
        return task;
    }

    private void answer(ClaimedTask task, Function<Nominee, Answer> source) {
        Map<Nominee, DirectRead> read = new LinkedHashMap<>();
        ledger.pendingNominees(task, 50).forEach(n -> read.put(n, DirectRead.of(source.apply(n))));
        ledger.landNominees(PullTask.of(task), batch(), read, List.of());
    }

    private void seenByTheOther(String id) {
        records().land(of("conn_other", resource("Observation", id)));
    }

    private void forgottenByTheOther(String id) {
        transactions()
                .executeWithoutResult(t -> records()
                        .forget(
                                flow.org(),
                                flow.source(),
                                "conn_other",
                                List.of(new RecordKey("Observation", "main-" + id))));
    }

    private LandingBatch of(String connection, CutResource... resources) {
        return new LandingBatch(
                flow.org(), flow.source(), connection, "pull_before", Optional.of("p"), List.of(resources));
    }

    private static CutResource[] many(String type, int from, int to) {
        return resources(
                type,
                IntStream.range(from, to).mapToObj(i -> "n%04d".formatted(i)).toArray(String[]::new));
    }

    private List<String> nominees(ClaimedTask task) {
        return ledger.pendingNominees(task, 5000).stream()
                .map(n -> n.type() + "/" + n.originalId() + (n.control() ? " control" : ""))
                .toList();
    }

    private String warnings(ClaimedTask task) {
        return flow.column(
                "pull_task",
                "(SELECT coalesce(jsonb_agg(w -> 'message'), '[]') FROM jsonb_array_elements(warnings) w)",
                task.id());
    }

    private String record(String id, String expression) {
        return flow.jdbc()
                .sql("SELECT (%s)::text FROM resource_record WHERE id = ?".formatted(expression))
                .param("main-" + id)
                .query(String.class)
                .single();
    }

    private List<String> sightings() {
        return flow.jdbc()
                .sql("SELECT id FROM record_sighting WHERE connection_id = ? ORDER BY id")
                .param(flow.connection())
                .query(String.class)
                .list();
    }

    private boolean somebodyWaits() {
        return flow.jdbc()
                .sql(
                        "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT granted AND datname = current_database())")
                .query(Boolean.class)
                .single();
    }
}
