package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.run.ClaimedTask;
import io.caravan.run.PullCancel;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageWarning;
import io.caravan.store.ReferenceTarget;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A page and the cursor behind it are stored together or not at all (I11). */
class PullLedgerTest {

    private final AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext();
    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;
    private PullLedger ledger;
    private String pull;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        LedgerCase.register(spring, app);
        spring.refresh();
        ledger = spring.getBean(PullLedger.class);
        pull = flow.requestPull(flow.connection());
        flow.markPlanned(flow.claimPulls(1).get(0));
        flow.newTask(pull, flow.source(), 1);
    }

    @AfterEach
    void end() {
        spring.close();
        app.close();
        database.drop();
    }

    @Test
    void a_page_lands_with_its_cursor_its_references_and_its_counts() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        land(claim, 2, batch("a", "b"), List.of());
        land(claim, 3, batch("b", "c"), List.of());

        assertThat(flow.store()).extracting(Flow.Version::key).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(task(claim, "next_url")).isEqualTo("https://fhir.example.org/r4?page=3");
        assertThat(task(claim, "concat_ws(' ', pages, seen, created, changed, unchanged)"))
                .isEqualTo("2 4 3 0 1");
        assertThat(ledger.pendingReferences(claim, 10, 50)).containsExactly(new Reference("Practitioner", "dr", 1));
    }

    @Test
    void nothing_of_a_page_lands_where_another_node_has_the_task() {
        ClaimedTask frozen = flow.claimTasks(1, 1).get(0);
        flow.expire("pull_task", frozen.id());
        ClaimedTask taken = flow.claimTasks(1, 1).get(0);

        lost(() -> land(frozen, 2, batch("a"), List.of()));
        lost(() -> ledger.landReferences(
                PullTask.of(frozen),
                List.of(batch("a")),
                Map.of(new Reference("Practitioner", "dr", 1), DirectRead.of(DirectRead.Answer.MISSING)),
                List.of()));

        assertThat(flow.store()).isEmpty();
        assertThat(ledger.pendingReferences(taken, 10, 50)).isEmpty();
        assertThat(task(taken, "concat_ws(' ', status, pages, epoch)")).isEqualTo("running 0 2");
    }

    @Test
    void a_cancelled_pull_lands_nothing_more() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        assertThat(ledger.cancel(new PullCancel(flow.org(), pull))).contains(pull);

        lost(() -> land(claim, 2, batch("a"), List.of()));
        assertThat(flow.store()).isEmpty();
        assertThat(ledger.cancel(new PullCancel(flow.org(), pull))).isEmpty();
    }

    @Test
    void warnings_gather_page_by_page() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        land(claim, 2, batch("a"), List.of(new PageWarning("one", "1")));
        ledger.land(
                page(claim, 2), page(claim, 2).finished(), batch(), List.of(), List.of(new PageWarning("two", "2")));

        assertThat(task(claim, "warnings->0->>'code' || ' ' || (warnings->1->>'code') || ' ' || status"))
                .isEqualTo("one two done");
    }

    private String task(ClaimedTask claim, String expression) {
        return flow.column("pull_task", "(%s)".formatted(expression), claim.id());
    }

    @Test
    void a_walk_that_comes_back_to_a_page_is_noticed_whichever_node_was_there_before() {
        ClaimedTask first = flow.claimTasks(1, 1).get(0);
        assertThat(land(first, 2, batch("a"), List.of())).isEqualTo(Landed.GOES_ON);
        assertThat(land(first, 3, batch("b"), List.of())).isEqualTo(Landed.GOES_ON);
        flow.expire("pull_task", first.id());
        ClaimedTask second = flow.claimTasks(1, 1).get(0);
        PullTask at = PullTask.of(second);

        PullTask back = new PullTask(second, "https://FHIR.example.org:443/r4?page=2", true, at.pages() + 1, false);

        assertThat(ledger.land(at, back, batch("c"), List.of(), List.of())).isEqualTo(Landed.LOOPS);
        assertThat(flow.store()).extracting(Flow.Version::key).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(land(second, 4, batch(), List.of())).isEqualTo(Landed.GOES_ON);
        assertThat(count("task_page")).isEqualTo(4);
    }

    @Test
    void a_walk_to_its_first_page_is_a_loop_too() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);
        land(claim, 2, batch("a"), List.of());

        PullTask first = new PullTask(claim, claim.url(), true, 2, false);

        assertThat(ledger.land(page(claim, 2), first, batch(), List.of(), List.of()))
                .isEqualTo(Landed.LOOPS);
    }

    @Test
    void pages_are_forgotten_when_the_walk_begins_anew_and_when_the_pull_ends() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);
        land(claim, 2, batch("a"), List.of());
        assertThat(count("task_page")).isEqualTo(2);

        flow.failed(claim, "paging_expired", true);
        assertThat(count("task_page")).isZero();

        ClaimedTask again = flow.claimTasks(1, 1).get(0);
        land(again, 2, batch("a"), List.of());
        ledger.land(page(again, 2), page(again, 2).finished(), batch(), List.of(), List.of());
        flow.settle(Flow.mine(flow.claimPulls(5), pull));
        assertThat(count("task_page")).isZero();
    }

    @Test
    void a_task_whose_source_asked_to_wait_lands_its_page_and_waits_without_losing_a_try() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);
        flow.jdbc()
                .sql("UPDATE source SET hold_until = clock_timestamp() + INTERVAL '1 hour'")
                .update();

        assertThat(land(claim, 2, batch("a"), List.of())).isEqualTo(Landed.RESTS);

        assertThat(flow.store()).hasSize(1);
        assertThat(task(claim, "concat_ws(' ', status, pages, attempts, lease_until)"))
                .isEqualTo("pending 1 0");
        assertThat(task(claim, "due_at = (SELECT hold_until FROM source s WHERE s.id = source_id)"))
                .isEqualTo("true");
        assertThat(flow.claimTasks(1, 1)).isEmpty();
        flow.jdbc().sql("UPDATE source SET hold_until = clock_timestamp()").update();
        flow.jdbc().sql("UPDATE pull_task SET due_at = clock_timestamp()").update();
        assertThat(flow.claimTasks(1, 1)).singleElement().satisfies(again -> {
            assertThat(again.attempts()).isEqualTo(1);
            assertThat(again.nextUrl()).endsWith("?page=2");
        });
    }

    @Test
    void the_last_page_ends_its_task_however_long_the_source_asked_to_wait() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);
        flow.jdbc()
                .sql("UPDATE source SET hold_until = clock_timestamp() + INTERVAL '1 hour'")
                .update();

        assertThat(ledger.land(PullTask.of(claim), PullTask.of(claim).finished(), batch("a"), List.of(), List.of()))
                .isEqualTo(Landed.ENDED);
        assertThat(task(claim, "status")).isEqualTo("done");
    }

    /** The page before this one landed, and this one is next. */
    private Landed land(ClaimedTask claim, int next, LandingBatch batch, List<PageWarning> warnings) {
        PullTask at = next == 2 ? PullTask.of(claim) : page(claim, next - 1);
        return ledger.land(at, page(claim, next), batch, batch.resources(), warnings);
    }

    private int count(String table) {
        return flow.jdbc()
                .sql("SELECT count(*) FROM " + table)
                .query(Integer.class)
                .single();
    }

    private static PullTask page(ClaimedTask claim, int number) {
        return new PullTask(claim, "https://fhir.example.org/r4?page=" + number, true, number - 1, false);
    }

    private LandingBatch batch(String... ids) {
        return new LandingBatch(flow.org(), flow.source(), flow.connection(), pull, Optional.of("p"), resources(ids));
    }

    private static List<CutResource> resources(String... ids) {
        return Arrays.stream(ids)
                .map(id -> new CutResource(
                        "Observation",
                        id,
                        id,
                        Optional.empty(),
                        false,
                        List.of("p"),
                        List.of(new ReferenceTarget("Practitioner", "dr"), new ReferenceTarget("Encounter", "e")),
                        "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"v\":\"1\"}"
                                .formatted(id)
                                .getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static void lost(ThrowingCallable write) {
        assertThatThrownBy(write)
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
    }
}
