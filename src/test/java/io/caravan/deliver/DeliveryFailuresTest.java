package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class DeliveryFailuresTest {

    @ParameterizedTest
    @MethodSource
    void a_failure_says_whether_it_is_tried_again_and_whether_it_stops_the_run(
            Exception thrown, ErrorCode code, boolean again, boolean stopsRun) {
        ItemFailure failure = DeliveryFailures.of(item(1), thrown);

        assertThat(failure.code()).isEqualTo(code.code());
        assertThat(failure.again()).isEqualTo(again);
        assertThat(failure.stopsRun()).isEqualTo(stopsRun);
        assertThat(List.of(failure.orgId(), failure.id(), failure.epoch())).containsExactly("org_1", "item_1", 7);
    }

    /** As a split that stops at a failure throws it. */
    private static Exception split(Exception cause) {
        return new CamelExchangeException(
                "Multicast processing failed", new DefaultExchange(new DefaultCamelContext()), cause);
    }

    static Stream<Arguments> a_failure_says_whether_it_is_tried_again_and_whether_it_stops_the_run() {
        return Stream.of(
                Arguments.of(
                        DeliveryException.passing(ErrorCode.VERIFICATION_FAILED, "No."),
                        ErrorCode.VERIFICATION_FAILED,
                        true,
                        false),
                Arguments.of(
                        DeliveryException.permanent(ErrorCode.COUNT_MISMATCH, "No."),
                        ErrorCode.COUNT_MISMATCH,
                        false,
                        false),
                Arguments.of(
                        new CaravanException(ErrorCode.CREDENTIALS_UNREADABLE, "No."),
                        ErrorCode.CREDENTIALS_UNREADABLE,
                        false,
                        false),
                Arguments.of(
                        split(DeliveryException.permanent(ErrorCode.VERIFICATION_FAILED, "No.")),
                        ErrorCode.VERIFICATION_FAILED,
                        false,
                        false),
                Arguments.of(split(s3(403, "AccessDenied")), ErrorCode.DESTINATION_REFUSED, false, true),
                Arguments.of(s3(503, "SlowDown"), ErrorCode.DESTINATION_THROTTLED, true, false),
                Arguments.of(s3(403, "AccessDenied"), ErrorCode.DESTINATION_REFUSED, false, true),
                Arguments.of(s3(400, "InvalidRequest"), ErrorCode.DESTINATION_REFUSED, false, false),
                Arguments.of(
                        new IllegalStateException("Camel wraps", s3(404, "NoSuchBucket")),
                        ErrorCode.DESTINATION_NOT_FOUND,
                        false,
                        true),
                Arguments.of(
                        SdkClientException.create("No route", new java.net.ConnectException()),
                        ErrorCode.DESTINATION_UNREACHABLE,
                        true,
                        false),
                Arguments.of(new NullPointerException("a bug"), ErrorCode.INTERNAL, true, false));
    }

    @Test
    void what_may_pass_puts_the_destination_in_doubt_and_what_is_ours_or_for_good_does_not() {
        assertThat(DeliveryFailures.of(item(1), s3(503, "SlowDown")).doubts()).isTrue();
        assertThat(DeliveryFailures.of(item(1), s3(403, "AccessDenied")).doubts())
                .isFalse();
        assertThat(DeliveryFailures.of(item(1), new NullPointerException("a bug"))
                        .doubts())
                .isFalse();
        assertThat(DeliveryFailures.of(
                                item(1), DeliveryException.passing(ErrorCode.CANCELLED, "The run was cancelled."))
                        .doubts())
                .isFalse();
    }

    @Test
    void what_was_asked_to_wait_is_the_items_wait_and_its_destinations_pause() {
        ItemFailure failure = DeliveryFailures.of(item(1), DeliveryException.mustWait(Duration.ofHours(1)));

        assertThat(failure.waitMillis()).isEqualTo(3_600_000);
        assertThat(failure.pauseMillis()).isEqualTo(3_600_000);
        assertThat(DeliveryFailures.of(item(1), s3(503, "SlowDown")).pauseMillis())
                .isZero();
    }

    @Test
    void a_bug_is_not_told_to_people_who_cannot_mend_it() {
        ItemFailure failure = DeliveryFailures.of(item(1), new IllegalStateException("patient Ada Lovelace"));

        assertThat(failure.message()).doesNotContain("Ada");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 2", "3, 4", "6, 32", "7, 60", "11, 60", "1000000, 60"})
    void waits_double_from_a_second_to_a_minute_with_a_fifth_of_jitter(int attempts, int seconds) {
        for (int n = 0; n < 200; n++) {
            assertThat(DeliveryFailures.wait(attempts))
                    .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1_200L));
        }
    }

    private static S3Exception s3(int status, String code) {
        return (S3Exception) S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();
    }

    private static ClaimedItem item(int attempts) {
        return new ClaimedItem(
                "org_1",
                "item_1",
                "run_1",
                "dest_1",
                "object_storage",
                1,
                "{}",
                "file",
                "Observation",
                1,
                "s",
                "a",
                "s",
                "z",
                10,
                1,
                "3:3:",
                "9:9:",
                attempts,
                7);
    }
}
