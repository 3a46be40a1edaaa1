package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedPull;
import io.caravan.support.Ids;
import io.caravan.testing.Flow;
import io.caravan.testing.FlowStatement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When connections are pulled by themselves (product.md § 2, point 9), by the database's clock. */
class SchedulesIT extends FlowCase {

    @Test
    void a_connection_whose_time_has_come_is_pulled_once_and_again_after_the_interval() {
        due();

        schedule();
        schedule();

        assertThat(pulls("queued")).hasSize(1);
        assertThat(flow.column("pull", "trigger", pulls("queued").get(0))).isEqualTo("scheduled");
        assertThat(wait("next_pull_at - now() BETWEEN INTERVAL '23 hours' AND INTERVAL '1 day'"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refresh_failed", "disconnected"})
    void a_connection_that_cannot_be_pulled_is_not(String status) {
        due();
        flow.jdbc().sql("UPDATE connection SET status = ?").param(status).update();

        schedule();

        assertThat(pulls("queued")).isEmpty();
    }

    @Test
    void a_pull_that_is_running_when_the_time_comes_is_not_doubled_and_the_next_one_is_not_lost() {
        String running = flow.requestPull(flow.connection());
        ClaimedPull claimed = Flow.mine(flow.claimPulls(5), running);
        due();

        schedule();
        assertThat(pulls("queued")).isEmpty();
        assertThat(wait("next_pull_at <= now()")).as("it stays due").isTrue();

        flow.markPlanned(claimed);
        flow.settle(Flow.mine(flow.claimPulls(5), running));
        schedule();
        assertThat(pulls("queued")).hasSize(1).doesNotContain(running);
    }

    @Test
    void a_pull_that_is_queued_when_the_time_comes_is_the_scheduled_one() {
        String queued = flow.requestPull(flow.connection());
        due();

        schedule();

        assertThat(pulls("queued")).containsExactly(queued);
        assertThat(wait("next_pull_at > now()")).isTrue();
    }

    @Test
    void ten_thousand_connections_that_are_due_at_once_are_spread_over_an_hour() {
        flow.jdbc().sql("""
                        INSERT INTO connection (org_id, id, source_id, patient_id)
                        SELECT ?, 'conn_' || n, ?, 'p' || n FROM generate_series(1, 10000) n""").params(flow.org(), flow.source()).update();
        due();

        schedule();

        assertThat(pulls("queued")).hasSize(10_001);
        assertThat(
                        number(
                                "SELECT count(*) FROM connection WHERE next_pull_at - now() BETWEEN INTERVAL '22 h 59 min' AND INTERVAL '1 day'"))
                .isEqualTo(10_001);
        assertThat(number("SELECT count(DISTINCT date_trunc('minute', next_pull_at)) FROM connection"))
                .isGreaterThanOrEqualTo(60);
        assertThat(
                        number(
                                "SELECT max(n) FROM (SELECT count(*) AS n FROM connection GROUP BY date_trunc('second', next_pull_at)) s"))
                .as("at the busiest second")
                .isLessThan(20);
    }

    @ParameterizedTest
    @CsvSource({
        "P2D, 23 hours, 47 hours, '1 day 23 hours 1 minute'", // what has waited so far counts
        "PT12H, 23 hours, 11 hours, 11 hours 1 minute",
        "PT1H, 23 hours, 0 seconds, 6 minutes", // due by that now: spread over a tenth of the interval
        "P1D, 23 hours, 23 hours, 23 hours",
    })
    void a_changed_interval_counts_from_the_last_pull(String every, String left, String least, String most) {
        flow.jdbc()
                .sql("UPDATE connection SET next_pull_at = now() + CAST(? AS interval)")
                .param(left)
                .update();

        FlowStatement.of(flow.jdbc(), "source/reschedule-connections")
                .with("orgId", flow.org())
                .with("sourceId", flow.source())
                .with("every", every)
                .update();

        assertThat(wait(
                        "next_pull_at - now() BETWEEN CAST('%s' AS interval) - INTERVAL '10 seconds' AND CAST('%s' AS interval)"
                                .formatted(least, most)))
                .isTrue();
    }

    @Test
    void sources_of_others_keep_their_times() {
        String other = Ids.next("src");
        flow.insertSource(other, "other");
        flow.insertConnection("conn_other", other);
        flow.jdbc()
                .sql("UPDATE connection SET next_pull_at = now() + INTERVAL '1 hour'")
                .update();
        String before = flow.column("connection", "next_pull_at", "conn_other");

        FlowStatement.of(flow.jdbc(), "source/reschedule-connections")
                .with("orgId", flow.org())
                .with("sourceId", flow.source())
                .with("every", "PT5M")
                .update();

        assertThat(flow.column("connection", "next_pull_at", "conn_other")).isEqualTo(before);
    }

    private void due() {
        flow.jdbc()
                .sql("UPDATE connection SET next_pull_at = now() - INTERVAL '1 second'")
                .update();
    }

    private void schedule() {
        FlowStatement.of(flow.jdbc(), "pull/schedule-pulls").update();
    }

    private List<String> pulls(String status) {
        return flow.jdbc()
                .sql("SELECT id FROM pull WHERE status = ?")
                .param(status)
                .query(String.class)
                .list();
    }

    private boolean wait(String claim) {
        return flow.jdbc()
                .sql("SELECT %s FROM connection WHERE id = ?".formatted(claim))
                .param(flow.connection())
                .query(Boolean.class)
                .single();
    }

    private int number(String query) {
        return flow.jdbc().sql(query).query(Integer.class).single();
    }
}
