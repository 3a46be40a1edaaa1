package io.caravan.destination;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.ConnectionFailures;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** What an S3 error means (Amazon S3 API Reference, "Error responses"); pure. */
public final class S3Answers {

    private static final Set<String> CREDENTIALS = Set.of(
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "InvalidToken",
            "TokenRefreshRequired",
            "RequestTimeTooSkewed",
            "AuthorizationHeaderMalformed");
    private static final Set<String> PASSING = Set.of("RequestTimeout", "SlowDown", "OperationAborted", "BadDigest");
    private static final Set<Integer> PASSING_STATUS = Set.of(408, 425, 429);
    private static final int LONGEST_WORDS = 300;

    /**
     * @param words what the destination said, or what kept it from saying anything; fit for the dashboard
     * @param again whether trying again can help
     * @param altogether whether the destination refuses everything, not only this object
     */
    public record Meaning(ErrorCode code, String words, boolean again, boolean altogether) {}

    private S3Answers() {}

    /** The meaning of the SDK's failure among the causes; empty where there is none. */
    public static Optional<Meaning> explain(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SdkException sdk) {
                return Optional.of(meaning(sdk));
            }
        }
        return Optional.empty();
    }

    private static Meaning meaning(SdkException failure) {
        if (failure instanceof AwsServiceException answered) {
            return answered(answered);
        }
        if (failure instanceof ApiCallTimeoutException || failure instanceof ApiCallAttemptTimeoutException) {
            return new Meaning(ErrorCode.DESTINATION_TIMEOUT, "The destination did not answer in time.", true, false);
        }
        if (failure instanceof SdkClientException) {
            return unreachable(failure);
        }
        return new Meaning(
                ErrorCode.DESTINATION_ERROR, failure.getClass().getSimpleName() + " in the S3 client.", true, false);
    }

    private static Meaning answered(AwsServiceException answer) {
        int status = answer.statusCode();
        String error = answer.awsErrorDetails() == null
                ? ""
                : nullToEmpty(answer.awsErrorDetails().errorCode());
        String words =
                "The destination answered %d%s.".formatted(status, (error.isEmpty() ? "" : " " + error) + said(answer));
        if (CREDENTIALS.contains(error) || status == 401) {
            return new Meaning(ErrorCode.DESTINATION_UNAUTHORIZED, words, false, true);
        }
        if (PASSING.contains(error) || PASSING_STATUS.contains(status) || status >= 500 && status != 501) {
            ErrorCode code =
                    status == 429 || status == 503 ? ErrorCode.DESTINATION_THROTTLED : ErrorCode.DESTINATION_ERROR;
            return new Meaning(code, words, true, false);
        }
        if (error.equals("NoSuchBucket")) {
            return new Meaning(ErrorCode.DESTINATION_NOT_FOUND, words, false, true);
        }
        return status == 403
                ? new Meaning(ErrorCode.DESTINATION_REFUSED, words, false, true)
                : new Meaning(ErrorCode.DESTINATION_REFUSED, words, false, false);
    }

    private static String said(AwsServiceException answer) {
        String message = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorMessage();
        if (message == null || message.isBlank()) {
            return "";
        }
        String line = message.replaceAll("\\s+", " ").replaceAll("\\.+$", "").trim();
        return ": " + (line.length() > LONGEST_WORDS ? line.substring(0, LONGEST_WORDS) + "…" : line);
    }

    private static Meaning unreachable(SdkException failure) {
        String why = ConnectionFailures.describe(failure);
        return new Meaning(
                ErrorCode.DESTINATION_UNREACHABLE,
                "The destination cannot be reached: %s.".formatted(why),
                true,
                false);
    }

    private static String nullToEmpty(String text) {
        return text == null ? "" : text;
    }
}
