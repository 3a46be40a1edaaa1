package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.SourceException.Outcome;
import io.caravan.source.profile.ProfileFiles;
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

    private final Patience patience = new Patience(
            new PullSettings(4, 200, 50, 6, Duration.ofSeconds(1), Duration.ofHours(1)), ProfileFiles.builtIn());
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
                "1, SOURCE_ERROR, none, 1",
                "2, SOURCE_ERROR, none, 2",
                "5, SOURCE_TIMEOUT, none, 16",
                "12, SOURCE_ERROR, none, 2048",
                "13, SOURCE_ERROR, none, 3600",
                "1000000, SOURCE_ERROR, none, 3600",
                "1, SOURCE_THROTTLED, none, 1",
                "2, SOURCE_THROTTLED, none, 4",
                "5, SOURCE_THROTTLED, none, 256",
                "1000000, SOURCE_THROTTLED, none, 3600",
                "1, SOURCE_THROTTLED, 30, 30",
                "5, SOURCE_THROTTLED, 3, 3",
                "1, SOURCE_THROTTLED, 0, 1",
                "1, SOURCE_THROTTLED, 999999999, 3600",
            })
    void a_wait_is_what_the_source_asks_for_else_grows_up_to_the_longest_and_a_fifth_of_jitter(
            int attempts, ErrorCode code, Long asked, long seconds) {
        SourceException failure =
                SourceException.passing(code, "No.", asked == null ? null : Duration.ofSeconds(asked));
        for (int n = 0; n < 200; n++) {
            assertThat(patience.before("default", failure, attempts))
                    .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1_200));
        }
    }

    @Test
    void what_a_source_asks_to_wait_holds_for_all_that_is_asked_of_it_also_when_the_task_is_given_up() {
        SourceException asked = SourceException.passing(ErrorCode.SOURCE_THROTTLED, "Later.", Duration.ofSeconds(30));
        SourceException broken = SourceException.passing(ErrorCode.SOURCE_ERROR, "No.", null);

        assertThat(failures.ofTask(PullTask.of(task(1)), asked).holdMillis()).isEqualTo(30_000);
        assertThat(failures.ofTask(PullTask.of(task(6)), asked).holdMillis()).isEqualTo(30_000);
        assertThat(failures.ofPull(pull(1), asked).holdMillis()).isEqualTo(30_000);
        assertThat(failures.ofTask(PullTask.of(task(1)), broken).holdMillis()).isZero();
    }

    @Test
    void waiting_for_a_source_is_no_try() {
        SourceRestsException rests = new SourceRestsException(Duration.ofMinutes(5));

        TaskFailure failure = failures.ofTask(PullTask.of(task(6)), rests);

        assertThat(failure.outcome()).isEqualTo("pending");
        assertThat(failure.waitMillis()).isEqualTo(300_000);
        assertThat(failure.tried()).isFalse();
        assertThat(failure.tries()).isEqualTo(5);
        assertThat(failures.ofPull(pull(6), rests).again()).isTrue();
    }

    @Test
    void tries_are_counted_from_the_last_page_that_landed() {
        SourceException broken = SourceException.passing(ErrorCode.SOURCE_ERROR, "No.", null);

        TaskFailure failure = failures.ofTask(PullTask.of(task(6)).landed(), broken);

        assertThat(failure.outcome()).isEqualTo("pending");
        assertThat(failure.tries()).isEqualTo(1);
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
