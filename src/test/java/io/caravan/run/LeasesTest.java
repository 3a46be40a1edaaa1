package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.net.Permits;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class LeasesTest {

    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(600);

    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        String destination = flow.newDestination();
        flow.land("v1", List.of("a", "b", "c"));
        flow.queueRun(destination, "delta");
        flow.start(destination, new Flow.Cut(1, 1 << 20));
    }

    @AfterEach
    void end() {
        app.close();
        database.drop();
    }

    @Test
    void what_is_held_takes_a_slot_until_it_is_released() {
        Leases leases = leases(LONG);
        ClaimedItem item = claim(leases);

        assertThat(leases.freeItems()).isEqualTo(2);
        assertThat(leases.freeTasks()).isEqualTo(4);
        leases.release(item);

        assertThat(leases.freeItems()).isEqualTo(3);
        refused(() -> leases.check(item));
    }

    @Test
    void a_lease_that_is_not_extended_refuses_the_next_request_once_it_has_run_out() {
        Leases leases = leases(SHORT);
        ClaimedItem item = claim(leases);
        assertThatCode(() -> leases.check(item)).doesNotThrowAnyException();

        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> refused(() -> leases.check(item)));
    }

    @Test
    void the_lease_counts_from_before_the_claim_was_sent() {
        Leases leases = leases(SHORT);
        leases.freeItems();
        ClaimedItem item = flow.claimItems(1).get(0);
        Awaitility.await().pollDelay(SHORT).until(() -> true); // the answer of the claim is late

        leases.take(item);

        refused(() -> leases.check(item));
    }

    @Test
    void a_heartbeat_keeps_what_is_still_ours() {
        Leases leases = leases(SHORT);
        ClaimedItem item = claim(leases);
        long until = System.nanoTime() + SHORT.multipliedBy(3).toNanos();

        Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> {
            leases.heartbeat();
            leases.check(item);
            return System.nanoTime() - until > 0;
        });

        assertThat(flow.jdbc()
                        .sql("SELECT lease_until > clock_timestamp() FROM export_item WHERE id = ?")
                        .param(item.id())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void a_heartbeat_does_not_bring_back_what_another_node_has_taken_over() {
        Leases frozen = leases(SHORT);
        Leases other = leases(LONG);
        ClaimedItem lost = claim(frozen);
        flow.expire("export_item", lost.id());
        ClaimedItem taken = claim(other);
        assertThat(taken.id()).isEqualTo(lost.id());

        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            frozen.heartbeat();
            refused(() -> frozen.check(lost));
        });

        assertThatCode(() -> other.check(taken)).doesNotThrowAnyException();
    }

    @Test
    void a_heartbeat_does_not_bring_back_what_this_very_node_has_claimed_again() {
        Leases leases = leases(SHORT);
        ClaimedItem lost = claim(leases);
        flow.expire("export_item", lost.id());
        ClaimedItem again = claim(leases);
        assertThat(again.id()).isEqualTo(lost.id());

        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    leases.heartbeat();
                    leases.check(again);
                    refused(() -> leases.check(lost));
                });
    }

    @Test
    void what_the_absence_of_the_database_ended_is_due_at_once_and_was_no_try() {
        Leases leases = leases(LONG);
        ClaimedItem ended = claim(leases);

        leases.giveBack(ended);
        leases.release(ended);
        assertThat(flow.claimItems(3)).extracting(ClaimedItem::id).doesNotContain(ended.id());
        leases.heartbeat();

        assertThat(flow.claimItems(1)).singleElement().satisfies(again -> {
            assertThat(again.id()).isEqualTo(ended.id());
            assertThat(again.attempts()).isEqualTo(ended.attempts());
            assertThat(again.epoch()).isGreaterThan(ended.epoch());
        });
        assertThat(takeovers(ended)).isZero();
    }

    @Test
    void a_node_whose_database_was_away_for_longer_than_a_lease_gives_back_before_it_claims() {
        AtomicBoolean away = new AtomicBoolean();
        DataSource database = new DelegatingDataSource(app) {
            @Override
            public Connection getConnection() throws SQLException {
                if (away.get()) {
                    throw new SQLTransientConnectionException("away");
                }
                return super.getConnection();
            }
        };
        Leases leases = leases(SHORT, JdbcClient.create(database));
        ClaimedItem held = claim(leases);
        away.set(true);
        assertThatThrownBy(leases::heartbeat).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(leases::freeItems).isInstanceOf(DataAccessException.class);
        flow.expire("export_item", held.id());
        away.set(false);

        ClaimedItem again = claim(leases);

        assertThat(again.id()).isEqualTo(held.id());
        assertThat(again.attempts()).isEqualTo(held.attempts());
        assertThat(takeovers(held)).isZero();
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> refused(() -> leases.check(held)));
    }

    @Test
    void a_node_that_missed_its_heartbeats_for_itself_takes_its_work_over_and_is_counted() {
        Leases leases = leases(LONG);
        ClaimedItem held = claim(leases);
        flow.expire("export_item", held.id());
        leases.heartbeat();

        assertThat(claim(leases).id()).isEqualTo(held.id());
        assertThat(takeovers(held)).isEqualTo(1);
    }

    private int takeovers(ClaimedItem item) {
        return flow.jdbc()
                .sql("SELECT takeovers FROM export_item WHERE id = ?")
                .param(item.id())
                .query(Integer.class)
                .single();
    }

    @Test
    void each_start_of_a_node_has_a_name_of_its_own() {
        assertThat(leases(LONG).node()).isNotEqualTo(leases(LONG).node());
    }

    @Test
    void a_heartbeat_that_could_be_late_is_refused_at_the_start() {
        assertThatThrownBy(() -> new WorkSettings(Duration.ofSeconds(8), Duration.ofSeconds(4), null, 5, 50))
                .hasMessageContaining("caravan.work.heartbeat");
    }

    private ClaimedItem claim(Leases leases) {
        leases.freeItems();
        ClaimedItem item = flow.claimItems(1).get(0);
        leases.take(item);
        return item;
    }

    private Leases leases(Duration lease) {
        return leases(lease, flow.jdbc());
    }

    private static Leases leases(Duration lease, JdbcClient jdbc) {
        WorkSettings settings = new WorkSettings(lease, lease.dividedBy(4), Map.of(Lease.Work.ITEM, 3), 5, 50);
        return new Leases(settings, jdbc, new Permits());
    }

    private static void refused(ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
    }
}
