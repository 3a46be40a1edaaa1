package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.run.ClaimedTask;
import io.caravan.run.PullCancel;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageWarning;
import io.caravan.store.ReferenceTarget;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.testing.Flow;
import io.caravan.testing.Schema;
import io.caravan.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A page and the cursor behind it are stored together or not at all (I11). */
class PullLedgerTest {

    private final AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext();
    private TestDatabase database;
    private Flow flow;
    private PullLedger ledger;
    private String pull;

    @BeforeEach
    void prepare() {
        database = Schema.migrate(TestDatabase.create());
        DataSource app = database.asApp();
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
        database.drop();
    }

    @Test
    void a_page_lands_with_its_cursor_its_references_and_its_counts() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        land(page(claim, "https://fhir.example.org/r4?page=2"), batch("a", "b"), List.of());
        land(page(claim, "https://fhir.example.org/r4?page=3"), batch("b", "c"), List.of());

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

        lost(() -> land(page(frozen, "https://fhir.example.org/r4?page=2"), batch("a"), List.of()));
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

        lost(() -> land(page(claim, "https://fhir.example.org/r4?page=2"), batch("a"), List.of()));
        assertThat(flow.store()).isEmpty();
        assertThat(ledger.cancel(new PullCancel(flow.org(), pull))).isEmpty();
    }

    @Test
    void warnings_gather_page_by_page() {
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        land(page(claim, "https://fhir.example.org/r4?page=2"), batch("a"), List.of(new PageWarning("one", "1")));
        land(PullTask.of(claim).finished(), batch(), List.of(new PageWarning("two", "2")));

        assertThat(task(claim, "warnings->0->>'code' || ' ' || (warnings->1->>'code') || ' ' || status"))
                .isEqualTo("one two done");
    }

    private String task(ClaimedTask claim, String expression) {
        return flow.column("pull_task", "(%s)".formatted(expression), claim.id());
    }

    private void land(PullTask next, LandingBatch batch, List<PageWarning> warnings) {
        ledger.land(next, batch, batch.resources(), warnings);
    }

    private static PullTask page(ClaimedTask claim, String next) {
        return new PullTask(claim, next, true, Set.of());
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
