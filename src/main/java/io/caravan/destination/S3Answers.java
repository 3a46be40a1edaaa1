package io.caravan.destination;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.ConnectionFailures;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** What an S3 error means (Amazon S3 API Reference, "Error responses"); pure. */
final class S3Answers {

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

    private S3Answers() {}

    /** The meaning of the SDK's failure among the causes; empty where there is none. */
    static Optional<Meaning> explain(Throwable thrown) {
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
        if (failure instanceof SdkClientException) {
            return Meaning.unreachable(ConnectionFailures.describe(failure));
        }
        return new Meaning(
                ErrorCode.DESTINATION_ERROR, failure.getClass().getSimpleName() + " in the S3 client.", true, false);
    }

    private static Meaning answered(AwsServiceException answer) {
        int status = answer.statusCode();
        String error = answer.awsErrorDetails() == null
                ? ""
                : nullToEmpty(answer.awsErrorDetails().errorCode());
        if (CREDENTIALS.contains(error) || status == 401) {
            return meaning(answer, error, ErrorCode.DESTINATION_UNAUTHORIZED, false, true);
        }
        if (PASSING.contains(error) || PASSING_STATUS.contains(status) || status >= 500 && status != 501) {
            ErrorCode code =
                    status == 429 || status == 503 ? ErrorCode.DESTINATION_THROTTLED : ErrorCode.DESTINATION_ERROR;
            return meaning(answer, error, code, true, false).with(status, name -> header(answer, name));
        }
        if (error.equals("NoSuchBucket")) {
            return meaning(answer, error, ErrorCode.DESTINATION_NOT_FOUND, false, true);
        }
        return meaning(answer, error, ErrorCode.DESTINATION_REFUSED, false, status == 403);
    }

    private static Meaning meaning(
            AwsServiceException answer, String error, ErrorCode code, boolean again, boolean altogether) {
        String message = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorMessage();
        return Meaning.answered(code, answer.statusCode(), error, message, again, altogether);
    }

    /** Null where there is none. */
    private static String header(AwsServiceException answer, String name) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null || details.sdkHttpResponse() == null
                ? null
                : details.sdkHttpResponse().firstMatchingHeader(name).orElse(null);
    }

    private static String nullToEmpty(String text) {
        return text == null ? "" : text;
    }
}
