package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.NoAnswerException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3AnswersTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "400, none, DESTINATION_REFUSED, false, false",
                "400, InvalidDigest, DESTINATION_REFUSED, false, false",
                "400, BadDigest, DESTINATION_ERROR, true, false",
                "400, RequestTimeout, DESTINATION_ERROR, true, false",
                "400, ExpiredToken, DESTINATION_UNAUTHORIZED, false, true",
                "400, AuthorizationHeaderMalformed, DESTINATION_UNAUTHORIZED, false, true",
                "401, none, DESTINATION_UNAUTHORIZED, false, true",
                "403, none, DESTINATION_REFUSED, false, true",
                "403, AccessDenied, DESTINATION_REFUSED, false, true",
                "403, InvalidAccessKeyId, DESTINATION_UNAUTHORIZED, false, true",
                "403, SignatureDoesNotMatch, DESTINATION_UNAUTHORIZED, false, true",
                "403, RequestTimeTooSkewed, DESTINATION_UNAUTHORIZED, false, true",
                "404, NoSuchBucket, DESTINATION_NOT_FOUND, false, true",
                "404, NoSuchKey, DESTINATION_REFUSED, false, false",
                "404, none, DESTINATION_REFUSED, false, false",
                "408, none, DESTINATION_ERROR, true, false",
                "409, OperationAborted, DESTINATION_ERROR, true, false",
                "411, none, DESTINATION_REFUSED, false, false",
                "412, PreconditionFailed, DESTINATION_REFUSED, false, false",
                "413, EntityTooLarge, DESTINATION_REFUSED, false, false",
                "425, none, DESTINATION_ERROR, true, false",
                "429, none, DESTINATION_THROTTLED, true, false",
                "500, InternalError, DESTINATION_ERROR, true, false",
                "501, NotImplemented, DESTINATION_REFUSED, false, false",
                "502, none, DESTINATION_ERROR, true, false",
                "503, SlowDown, DESTINATION_THROTTLED, true, false",
                "504, none, DESTINATION_ERROR, true, false",
            })
    void an_answer_means(int status, String error, ErrorCode code, boolean again, boolean altogether) {
        Meaning meaning = S3Answers.explain(answer(status, error, null)).orElseThrow();

        assertThat(meaning.code()).isEqualTo(code);
        assertThat(meaning.again()).isEqualTo(again);
        assertThat(meaning.altogether()).isEqualTo(altogether);
        assertThat(meaning.words()).contains(Integer.toString(status));
    }

    @ParameterizedTest
    @CsvSource({"503, SlowDown, 7", "429, none, 7", "403, AccessDenied, 0"})
    void an_answer_that_may_pass_says_how_long_to_wait(int status, String error, int seconds) {
        AwsErrorDetails details = AwsErrorDetails.builder()
                .errorCode(error)
                .sdkHttpResponse(SdkHttpResponse.builder()
                        .statusCode(status)
                        .putHeader("Retry-After", "7")
                        .build())
                .build();

        assertThat(S3Answers.explain(S3Exception.builder()
                        .statusCode(status)
                        .awsErrorDetails(details)
                        .build()))
                .hasValueSatisfying(m -> assertThat(m.askedToWait()).hasSeconds(seconds));
        assertThat(S3Answers.explain(answer(status, error, null)))
                .hasValueSatisfying(m -> assertThat(m.askedToWait()).isZero());
    }

    @Test
    void what_the_destination_said_is_told_on_one_line_and_not_endlessly() {
        String words = S3Answers.explain(answer(400, "InvalidRequest", "No\nsuch.\r\n thing..." + "x".repeat(1000)))
                .orElseThrow()
                .words();

        assertThat(words).startsWith("The destination answered 400 InvalidRequest: No such. thing...x");
        assertThat(words).endsWith("….").hasSizeLessThan(400).doesNotContain("\n", "\r");
    }

    @Test
    void no_answer_is_tried_again() {
        assertThat(StoreAnswers.explain(SdkClientException.create(
                        "x", NoAnswerException.of(new UnknownHostException("s3.example.org")))))
                .hasValueSatisfying(m -> {
                    assertThat(m.code()).isEqualTo(ErrorCode.DESTINATION_UNREACHABLE);
                    assertThat(m.words()).contains("does not resolve");
                    assertThat(m.again()).isTrue();
                });
        assertThat(StoreAnswers.explain(
                        SdkClientException.create("x", NoAnswerException.of(new InterruptedIOException()))))
                .hasValueSatisfying(m -> {
                    assertThat(m.code()).isEqualTo(ErrorCode.DESTINATION_TIMEOUT);
                    assertThat(m.again()).isTrue();
                });
        assertThat(S3Answers.explain(SdkClientException.create("the checksum differs")))
                .hasValueSatisfying(m -> {
                    assertThat(m.code()).isEqualTo(ErrorCode.DESTINATION_UNREACHABLE);
                    assertThat(m.again()).isTrue();
                });
    }

    @Test
    void a_failure_is_found_among_the_causes_and_any_other_is_not_explained() {
        assertThat(S3Answers.explain(new IllegalStateException(new RuntimeException(answer(503, "SlowDown", null)))))
                .isPresent();
        assertThat(S3Answers.explain(new IllegalStateException("a bug"))).isEmpty();
    }

    private static S3Exception answer(int status, String error, String message) {
        AwsErrorDetails details = error == null
                ? null
                : AwsErrorDetails.builder()
                        .errorCode(error)
                        .errorMessage(message)
                        .build();
        return (S3Exception) S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(details)
                .build();
    }
}
