package io.caravan.destination;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.storage.blob.models.BlobStorageException;
import io.caravan.support.ErrorCode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an error of Azure Blob Storage means (Blob service REST API, "Status and error codes"); pure. */
final class AzureAnswers {

    private static final Set<String> CREDENTIALS = Set.of(
            "AuthenticationFailed",
            "InvalidAuthenticationInfo",
            "NoAuthenticationInformation",
            "KeyBasedAuthenticationNotPermitted");
    private static final Set<String> PASSING =
            Set.of("OperationTimedOut", "ServerBusy", "Md5Mismatch", "ContainerBeingDeleted", "AccountBeingCreated");
    private static final Set<Integer> PASSING_STATUS = Set.of(408, 425, 429);
    private static final Set<String> NOT_FOUND =
            Set.of("ContainerNotFound", "ResourceNotFound", "ContainerDisabled", "AccountIsDisabled");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]*)</Message>");
    // Behind the sentence Azure adds an id and the time, which say nothing to a reader.
    private static final Pattern ADDED = Pattern.compile("\\s*\\R?\\s*(RequestId|Time):.*", Pattern.DOTALL);

    private AzureAnswers() {}

    /** The meaning of the SDK's failure among the causes; empty where there is none. */
    static Optional<Meaning> explain(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof HttpResponseException answer && answer.getResponse() != null) {
                return Optional.of(answered(answer));
            }
        }
        return Optional.empty();
    }

    private static Meaning answered(HttpResponseException answer) {
        int status = answer.getResponse().getStatusCode();
        String error = errorCode(answer);
        if (CREDENTIALS.contains(error) || status == 401 || status == 403 && saysSignature(answer)) {
            return meaning(answer, status, error, ErrorCode.DESTINATION_UNAUTHORIZED, false, true);
        }
        if (PASSING.contains(error) || PASSING_STATUS.contains(status) || status >= 500 && status != 501) {
            ErrorCode code =
                    status == 429 || status == 503 ? ErrorCode.DESTINATION_THROTTLED : ErrorCode.DESTINATION_ERROR;
            return meaning(answer, status, error, code, true, false)
                    .with(status, name -> answer.getResponse().getHeaders().getValue(HttpHeaderName.fromString(name)));
        }
        if (NOT_FOUND.contains(error)) {
            return meaning(answer, status, error, ErrorCode.DESTINATION_NOT_FOUND, false, true);
        }
        return meaning(answer, status, error, ErrorCode.DESTINATION_REFUSED, false, status == 403);
    }

    /** AuthorizationFailure is a firewall or a missing permission, and at some a wrong signature: the sentence tells. */
    private static boolean saysSignature(HttpResponseException answer) {
        String message = message(answer);
        return message != null && message.startsWith("Server failed to authenticate the request");
    }

    private static Meaning meaning(
            HttpResponseException answer, int status, String error, ErrorCode code, boolean again, boolean altogether) {
        return Meaning.answered(code, status, error, message(answer), again, altogether);
    }

    /** Empty where there is none: a HEAD has no body, but Azure repeats the code in a header. */
    private static String errorCode(HttpResponseException answer) {
        if (answer instanceof BlobStorageException blob && blob.getErrorCode() != null) {
            return blob.getErrorCode().toString();
        }
        return "";
    }

    /** Of the XML, without what names the request; the exception's own message quotes all of it. */
    private static String message(HttpResponseException answer) {
        String body = answer instanceof BlobStorageException blob ? blob.getServiceMessage() : answer.getMessage();
        if (body == null) {
            return null;
        }
        Matcher message = MESSAGE.matcher(body);
        return ADDED.matcher(message.find() ? message.group(1) : "").replaceAll("");
    }
}
