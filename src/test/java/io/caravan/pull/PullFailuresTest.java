package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.SourceException.Outcome;
import io.caravan.store.IdScope;
import io.caravan.store.PageCutter;
import io.caravan.store.PageUnreadableException;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PullFailuresTest {

    private static final String BASE = "https://fhir.example.org/r4";

    private final Patience patience =
            new Patience(new PullSettings(4, 200, 50, 6, Duration.ofSeconds(1), Duration.ofHours(1)));
    private final PullFailures failures = new PullFailures(patience);

    @ParameterizedTest
    @MethodSource("failures")
    void a_failure_says_how_its_task_goes_on(Exception thrown, ErrorCode code, String status) {
        TaskFailure failure = failures.ofTask(PullTask.of(task(1)), thrown);

        assertThat(failure.code()).isEqualTo(code.code());
        assertThat(failure.outcome()).isEqualTo(status);
        assertThat(failure.waitMillis() > 0).isEqualTo(status.equals("pending"));
        assertThat(failure.epoch()).isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void and_how_its_pull_does(Exception thrown, ErrorCode code, String status) {
        PullFailure failure = failures.ofPull(pull(1), thrown);

        assertThat(failure.code()).isEqualTo(code.code());
        assertThat(failure.again()).isEqualTo(status.equals("pending"));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        SourceException.passing(ErrorCode.SOURCE_TIMEOUT, "No.", null),
                        ErrorCode.SOURCE_TIMEOUT,
                        "pending"),
                Arguments.of(
                        SourceException.permanent(ErrorCode.SOURCE_UNAUTHORIZED, Outcome.FAILED, "No."),
                        ErrorCode.SOURCE_UNAUTHORIZED,
                        "failed"),
                Arguments.of(
                        SourceException.permanent(ErrorCode.SOURCE_REFUSED, Outcome.REFUSED, "No."),
                        ErrorCode.SOURCE_REFUSED,
                        "refused"),
                Arguments.of(
                        SourceException.permanent(ErrorCode.SOURCE_UNSUPPORTED, Outcome.UNSUPPORTED, "No."),
                        ErrorCode.SOURCE_UNSUPPORTED,
                        "unsupported"),
                Arguments.of(unreadable(), ErrorCode.SOURCE_NOT_FHIR, "failed"),
                Arguments.of(
                        new CaravanException(ErrorCode.CREDENTIALS_UNREADABLE, "No."),
                        ErrorCode.CREDENTIALS_UNREADABLE,
                        "failed"),
                Arguments.of(new IllegalStateException("a bug"), ErrorCode.INTERNAL, "pending"));
    }

    @Test
    void a_bug_is_not_told_to_people_who_cannot_mend_it() {
        assertThat(failures.ofTask(PullTask.of(task(1)), new IllegalStateException("patient Ada Lovelace"))
                        .message())
                .doesNotContain("Ada");
    }

    @Test
    void the_last_attempt_ends_the_task() {
        SourceException passing = SourceException.passing(ErrorCode.SOURCE_TIMEOUT, "No.", null);

        assertThat(failures.ofTask(PullTask.of(task(5)), passing).outcome()).isEqualTo("pending");
        assertThat(failures.ofTask(PullTask.of(task(6)), passing).outcome()).isEqualTo("failed");
        assertThat(failures.ofPull(pull(6), passing).again()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "1, none, 1",
                "2, none, 2",
                "5, none, 16",
                "12, none, 2048",
                "13, none, 3600",
                "1000000, none, 3600",
                "1, 30, 30",
                "5, 3, 3",
                "1, 0, 0",
                "1, 999999999, 3600",
            })
    void a_wait_is_what_the_source_asks_for_else_doubles_up_to_the_longest_and_a_fifth_of_jitter(
            int attempts, Long asked, long seconds) {
        SourceException failure = SourceException.passing(
                ErrorCode.SOURCE_THROTTLED, "No.", asked == null ? null : Duration.ofSeconds(asked));
        for (int n = 0; n < 200; n++) {
            assertThat(patience.before(failure, attempts))
                    .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1_200));
        }
    }

    private static PageUnreadableException unreadable() {
        try {
            new PageCutter(IdScope.original("main", BASE)).cut("<html>".getBytes(StandardCharsets.UTF_8));
            throw new AssertionError("That is no page");
        } catch (PageUnreadableException e) {
            return e;
        }
    }

    private static ClaimedPull pull(int attempts) {
        return new ClaimedPull(
                "org_1",
                "pull_1",
                "conn_1",
                "src_1",
                "p1",
                BASE,
                "main",
                "original",
                "auto",
                null,
                7,
                attempts,
                "plan");
    }

    private static ClaimedTask task(int attempts) {
        return new ClaimedTask(
                "org_1",
                "task_1",
                "pull_1",
                "conn_1",
                "src_1",
                "p1",
                BASE,
                "main",
                "original",
                "default",
                "search",
                1,
                "Observation",
                "Observation?patient=p1",
                true,
                null,
                0,
                attempts,
                7);
    }
}
