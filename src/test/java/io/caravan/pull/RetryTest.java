package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.testing.FlowStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a retry, beside other pulls of the same connection. */
class RetryTest extends LedgerCase {

    @ParameterizedTest
    @ValueSource(strings = {"partial", "failed", "cancelled"})
    void a_pull_that_missed_something_is_repeated_by_a_pull_of_its_own(String status) {
        endPull(status);

        String retry = retry(pull);

        assertThat(flow.column("pull", "concat_ws(' ', trigger, status, retry_of)", retry))
                .isEqualTo("retry queued " + pull);
        assertThat(retry(pull)).as("asked for twice").isEqualTo(retry);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "running"})
    void one_that_missed_nothing_or_has_not_ended_is_not(String status) {
        endPull(status);

        refused(pull, ErrorCode.NOTHING_TO_RETRY);
    }

    @ParameterizedTest
    @CsvSource({
        "completed, false",
        "completed, true",
        "partial, false",
        "partial, true",
        "cancelled, true",
        "running, true"
    })
    void what_a_later_pull_asks_for_is_its_own_to_retry(String status, boolean aRetry) {
        endPull("partial");
        String first = pull;
        pull = aRetry ? retry(first) : flow.requestPull(flow.connection());
        flow.newTask(pull, flow.source(), 0);
        endPull(status);

        refused(first, ErrorCode.NOTHING_TO_RETRY);
        assertThat(retryable(pull)).isEqualTo(status.equals("partial") || status.equals("cancelled"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "cancelled"})
    void a_later_pull_that_was_never_planned_has_asked_for_nothing(String status) {
        endPull("partial");
        String first = pull;
        pull = flow.requestPull(flow.connection());
        endPull(status);

        assertThat(retryable(first)).isTrue();
    }

    @Test
    void a_retry_of_a_retry_leaves_nothing_to_retry_of_either() {
        endPull("partial");
        String first = pull;
        pull = retry(first);
        flow.newTask(pull, flow.source(), 0);
        endPull("partial");
        String second = pull;
        pull = retry(second);
        flow.newTask(pull, flow.source(), 0);
        endPull("completed");

        refused(first, ErrorCode.NOTHING_TO_RETRY);
        refused(second, ErrorCode.NOTHING_TO_RETRY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refresh_failed", "disconnected"})
    void a_connection_that_cannot_be_pulled_is_said_to_be_so(String status) {
        endPull("partial");
        flow.jdbc().sql("UPDATE connection SET status = ?").param(status).update();

        refused(pull, ErrorCode.CONNECTION_NOT_ACTIVE);
    }

    @Test
    void a_queued_pull_of_everything_is_retry_enough_and_stays_whole() {
        endPull("partial");
        String queued = flow.requestPull(flow.connection());

        assertThat(retry(pull)).isEqualTo(queued);
        assertThat(flow.column("pull", "retry_of", queued)).isNull();
    }

    @Test
    void a_queued_retry_that_is_to_repeat_another_pull_too_becomes_a_pull_of_everything() {
        endPull("partial");
        String first = pull;
        pull = flow.requestPull(flow.connection());
        endPull("partial");
        String queued = retry(first);

        assertThat(retry(pull)).isEqualTo(queued);
        assertThat(flow.column("pull", "retry_of", queued)).isNull();
    }

    @Test
    void a_queued_retry_does_not_swallow_a_pull_of_everything() {
        endPull("partial");
        String queued = retry(pull);

        assertThat(ledger.request(new PullRequest(flow.org(), flow.connection(), "manual", false)))
                .contains(queued);
        assertThat(flow.column("pull", "retry_of", queued)).isNull();
    }

    @Test
    void nor_one_that_is_scheduled() {
        endPull("partial");
        String queued = retry(pull);
        flow.jdbc().sql("UPDATE connection SET next_pull_at = now()").update();

        FlowStatement.of(flow.jdbc(), "pull/schedule-pulls").update();

        assertThat(flow.column("pull", "concat_ws(' ', status, retry_of)", queued))
                .isEqualTo("queued");
    }

    private String retry(String id) {
        return ledger.retry(new PullRetry(flow.org(), id));
    }

    private boolean retryable(String id) {
        return flow.jdbc()
                .sql("SELECT EXISTS (SELECT 1 FROM pull_retryable WHERE id = ?)")
                .param(id)
                .query(Boolean.class)
                .single();
    }

    private void refused(String id, ErrorCode code) {
        assertThatThrownBy(() -> retry(id))
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private void endPull(String status) {
        flow.jdbc().sql("""
                        UPDATE pull SET status = :status, started_at = clock_timestamp(),
                                        completed_at = CASE WHEN :status <> 'running' THEN clock_timestamp() END
                         WHERE id = :id""").param("status", status).param("id", pull).update();
    }
}
