package io.caravan.deliver.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.destination.FhirSettings;
import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Run;
import io.caravan.support.CaravanException;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items for FHIR servers in the database: their order, how far they have come, what is left over, and what a retry carries. */
class BundleLedgerTest {

    private static final BundleLimits LIMITS = new BundleLimits(2, 1 << 20);

    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;
    private BundleLedger ledger;
    private String destination;

    @BeforeEach
    void open() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        ledger = new BundleLedger(flow.jdbc());
        destination = flow.newFhirDestination("{\"base_url\": \"https://fhir.example.org/r4\"}");
    }

    @AfterEach
    void drop() {
        app.close();
        database.drop();
    }

    @Test
    void a_rank_is_claimed_when_the_one_before_has_ended_and_deletions_come_last_the_other_way_round() {
        put("Observation", "Patient", "Organization", "Basic", "Provenance");
        ClaimedRun first = start(1);
        assertThat(typesClaimed()).containsExactly("Organization", "Patient", "Observation", "Basic", "Provenance");
        flow.end(destination);
        assertThat(flow.run(first.id()).status()).isEqualTo("succeeded");

        put("Encounter");
        flow.jdbc()
                .sql(
                        "UPDATE resource_record SET deleted = true, content = '', changed_xid = pg_current_xact_id() WHERE type IN ('Patient', 'Observation')")
                .update();
        start(1);
        assertThat(typesClaimed()).containsExactly("Encounter", "Observation", "Patient");
    }

    @Test
    void the_next_claim_goes_on_behind_what_was_kept() {
        land(5);
        start(100);
        FhirItem item = claim();
        List<OutgoingRecord> sent = ledger.range(item, true, SendKey.FIRST, LIMITS);
        ledger.keep(item, sent.get(1), 10, delivered(sent));

        flow.expire("export_item", item.claim().id());
        FhirItem taken = claim();
        SendKey done = ledger.cursor(taken.claim()).done();

        assertThat(ids(ledger.range(taken, true, done, LIMITS))).containsExactly("o0002", "o0003");
        assertThatThrownBy(() -> ledger.keep(item, sent.get(1), 10, delivered(sent)))
                .isInstanceOf(CaravanException.class)
                .hasMessageContaining("taken over");
        assertThat(ledger.sum(taken.claim()).delivered()).isEqualTo(2);
    }

    @Test
    void a_bundle_is_bounded_by_bytes_unless_one_record_alone_has_more() {
        land(5);
        start(100);
        FhirItem item = claim();
        long one = ledger.range(item, true, SendKey.FIRST, LIMITS).get(0).content().length;

        assertThat(ledger.range(item, true, SendKey.FIRST, new BundleLimits(5, 3 * one)))
                .hasSize(3);
        assertThat(ledger.range(item, true, SendKey.FIRST, new BundleLimits(5, 3 * one - 1)))
                .hasSize(2);
        assertThat(ledger.range(item, true, SendKey.FIRST, new BundleLimits(5, 1)))
                .hasSize(1);
    }

    @Test
    void what_is_left_over_is_sent_by_a_later_claim_of_the_item_and_not_in_a_version_that_is_no_longer_there() {
        land(4);
        start(100);
        FhirItem item = claim();
        List<OutgoingRecord> all = ledger.range(item, true, SendKey.FIRST, new BundleLimits(9, 1 << 20));
        ledger.keep(
                item,
                all.get(3),
                10,
                List.of(
                        fate(all.get(0), "delivered"),
                        fate(all.get(1), "again"),
                        fate(all.get(2), "again"),
                        fate(all.get(3), "rejected")));
        assertThat(ledger.leftovers(item, SendKey.FIRST, LIMITS)).isEmpty();
        flow.land("v2", List.of("o0002"));

        flow.failed(item.claim(), true, false);
        FhirItem later = claim();
        List<OutgoingRecord> again = ledger.leftovers(later, SendKey.FIRST, LIMITS);

        assertThat(ids(again)).containsExactly("o0001", "o0002");
        assertThat(again).extracting(OutgoingRecord::superseded).containsExactly(false, true);
        ledger.keep(later, null, 10, List.of(fate(again.get(0), "delivered"), KeptFate.superseded(again.get(1))));
        assertThat(ledger.endAgain(later, Duration.ofMinutes(10))).isZero();
        assertThat(ledger.sum(later.claim())).isEqualTo(new BundleLedger.Sum(4, 2, 1, 1, 20, 0, 1));
    }

    @Test
    void what_is_refused_for_now_for_too_long_is_rejected() {
        land(1);
        start(100);
        FhirItem item = claim();
        List<OutgoingRecord> all = ledger.range(item, true, SendKey.FIRST, LIMITS);
        ledger.keep(item, all.get(0), 0, List.of(fate(all.get(0), "again")));

        assertThat(ledger.endAgain(item, Duration.ofMinutes(10))).isEqualTo(1);
        assertThat(ledger.endAgain(item, Duration.ZERO)).isZero();
        assertThat(ledger.sum(item.claim()).rejected()).isEqualTo(1);
    }

    @Test
    void what_waits_makes_one_item_behind_all_records_and_counts_where_it_belongs() {
        land(3);
        start(100);
        FhirItem item = claim();
        List<OutgoingRecord> all = ledger.range(item, true, SendKey.FIRST, new BundleLimits(9, 1 << 20));
        ledger.keep(item, all.get(1), 10, List.of(fate(all.get(0), "waiting"), fate(all.get(1), "waiting")));
        ledger.keep(item, all.get(2), 10, List.of(fate(all.get(2), "delivered")));
        assertThat(ledger.sum(item.claim()).waiting()).isEqualTo(2);
        assertThat(flow.claimItems(50)).isEmpty();
        flow.delivered(item.claim(), 1, 0);

        FhirItem repeats = claim();
        assertThat(repeats.repeats()).isTrue();
        List<OutgoingRecord> waiting = ledger.waiting(repeats, SendKey.FIRST, new BundleLimits(9, 1 << 20));
        assertThat(ids(waiting)).containsExactly("o0000", "o0001");
        ledger.keep(repeats, null, 5, List.of(fate(waiting.get(0), "delivered"), fate(waiting.get(1), "waiting")));
        ledger.endWaiting(repeats);
        flow.delivered(repeats.claim(), 0, 0);
        ClaimedRun run = flow.end(destination);

        assertThat(flow.run(run.id()).status()).isEqualTo("partial");
        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(3, 2, 0, 1));
        assertThat(flow.run(run.id()).error().code()).isEqualTo("resources_refused");
    }

    @Test
    void a_retry_carries_what_was_rejected_and_what_lies_behind_the_cursor_of_what_failed_and_nothing_else() {
        land(8);
        start(4);
        List<ClaimedItem> items = flow.claimItems(50, 50);
        FhirItem one = item(items.get(0));
        List<OutgoingRecord> first = ledger.range(one, true, SendKey.FIRST, new BundleLimits(4, 1 << 20));
        ledger.keep(
                one,
                first.get(3),
                10,
                List.of(
                        fate(first.get(0), "delivered"),
                        fate(first.get(1), "rejected"),
                        fate(first.get(2), "delivered"),
                        fate(first.get(3), "delivered")));
        flow.delivered(one.claim(), 3, 0);
        FhirItem two = item(items.get(1));
        List<OutgoingRecord> second = ledger.range(two, true, SendKey.FIRST, new BundleLimits(2, 1 << 20));
        ledger.keep(two, second.get(1), 10, List.of(fate(second.get(0), "delivered"), fate(second.get(1), "again")));
        flow.failed(two.claim());
        ClaimedRun run = flow.end(destination);
        assertThat(flow.run(run.id()).status()).isEqualTo("partial");
        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(8, 4, 0, 4));
        assertThat(flow.run(run.id()).patients()).isEqualTo(new Run.Patients(1, 0, 1));

        String retry = flow.retry(run.id()).orElseThrow();
        assertThat(flow.retry(run.id())).isEmpty();
        start(4);
        List<String> carried = new ArrayList<>();
        for (ClaimedItem claimed : flow.claimItems(50, 50)) {
            FhirItem item = item(claimed);
            ledger.range(item, true, ledger.cursor(claimed).done(), new BundleLimits(9, 1 << 20))
                    .forEach(record -> carried.add(record.id()));
            ledger.leftovers(item, SendKey.FIRST, new BundleLimits(9, 1 << 20))
                    .forEach(record -> carried.add(record.id() + " again"));
        }

        assertThat(carried).containsExactlyInAnyOrder("o0001 again", "o0005 again", "o0006", "o0007");
        assertThat(flow.run(retry).resources()).isEqualTo(new Run.Resources(4, 0, 0, 0));
        assertThat(flow.run(retry).patients().selected()).isEqualTo(1);
    }

    @Test
    void a_run_whose_every_resource_was_rejected_has_delivered_nothing_and_moves_nothing() {
        land(2);
        start(100);
        FhirItem item = claim();
        List<OutgoingRecord> all = ledger.range(item, true, SendKey.FIRST, LIMITS);
        ledger.keep(item, all.get(1), 0, List.of(fate(all.get(0), "rejected"), fate(all.get(1), "rejected")));
        flow.delivered(item.claim(), 0, 0);
        ClaimedRun run = flow.end(destination);

        assertThat(flow.run(run.id()).status()).isEqualTo("failed");
        assertThat(flow.column("destination", "watermark", destination)).isEqualTo("3:3:");
        assertThat(flow.run(run.id()).retryable()).isTrue();
    }

    @Test
    void nothing_is_claimed_of_a_server_that_asked_to_be_left_alone_and_no_more_at_once_than_it_allows() {
        String narrow = flow.newFhirDestination("{\"base_url\": \"https://fhir.example.org/r4\", \"concurrency\": 3}");
        land(8);
        flow.queueRun(narrow, "delta");
        flow.claimRuns(50).forEach(run -> flow.planBundles(run, 1));
        assertThat(flow.claimItems(50)).hasSize(3);

        flow.jdbc().sql("UPDATE export_item SET status = 'pending'").update();
        ClaimedItem any = flow.claimItems(1).get(0);
        ledger.pause(any, Duration.ofMinutes(1));

        assertThat(flow.claimItems(50)).isEmpty();
        assertThat(ledger.way(any).waitMillis()).isBetween(50_000L, 60_000L);
    }

    @Test
    void what_is_learned_only_gets_less() {
        land(1);
        start(1);
        ClaimedItem item = claim().claim();

        ledger.learn(item, 50, null);
        ledger.learn(item, 25, 1000L);
        ledger.learn(item, 30, null);

        assertThat(ledger.way(item)).isEqualTo(new BundleLedger.Way(false, 0, 25, 1000L));
    }

    private ClaimedRun start(int itemRecords) {
        if (flow.runs(destination, "queued").isEmpty()) {
            flow.queueRun(destination, "delta");
        }
        ClaimedRun run = flow.claimRuns(50).stream()
                .filter(r -> r.destinationId().equals(destination))
                .findFirst()
                .orElseThrow();
        flow.planBundles(run, itemRecords);
        return run;
    }

    /** The types of the items in the order in which they can be claimed; each ends at once. */
    private List<String> typesClaimed() {
        List<String> types = new ArrayList<>();
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            items.forEach(item -> {
                types.add(item.resourceType());
                flow.delivered(item);
            });
        }
        return types;
    }

    private FhirItem claim() {
        List<ClaimedItem> items = flow.claimItems(1);
        assertThat(items).hasSize(1);
        return item(items.get(0));
    }

    private static FhirItem item(ClaimedItem claim) {
        FhirSettings server = new FhirSettings(URI.create("https://fhir.example.org/r4"), null, null, null, null, null);
        return new FhirItem(claim, server, "client");
    }

    private void land(int records) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            ids.add("o%04d".formatted(i));
        }
        flow.land("v1", ids);
        flow.jdbc().sql("UPDATE resource_record SET patient_id = 'p'").update();
    }

    private void put(String... types) {
        for (String type : types) {
            String content = "{\"resourceType\":\"%s\",\"id\":\"x\"}".formatted(type);
            flow.jdbc()
                    .sql("""
                            INSERT INTO resource_record (org_id, type, source_id, id, content, content_hash, bytes)
                            VALUES (?, ?, ?, 'x', ?, '', ?)""")
                    .params(flow.org(), type, flow.source(), content, content.getBytes(StandardCharsets.UTF_8).length)
                    .update();
        }
    }

    private static List<KeptFate> delivered(List<OutgoingRecord> records) {
        return records.stream().map(record -> fate(record, "delivered")).toList();
    }

    private static KeptFate fate(OutgoingRecord record, String state) {
        boolean there = state.equals("delivered");
        return new KeptFate(
                record, state, state.equals("again"), there ? 201 : 422, there ? "" : "No.", there ? null : "{}");
    }

    private static List<String> ids(List<OutgoingRecord> records) {
        return records.stream().map(OutgoingRecord::id).toList();
    }
}
