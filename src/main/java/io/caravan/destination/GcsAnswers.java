package io.caravan.destination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import com.google.cloud.storage.StorageException;
import io.caravan.support.ErrorCode;
import java.util.Optional;
import java.util.Set;

/**
 * What an error of Google Cloud Storage means (JSON API, "HTTP status and error codes"); pure. The exceptions' own messages quote
 * addresses of uploads, which open them: only what the answer itself said is told.
 */
final class GcsAnswers {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<Integer> PASSING_STATUS = Set.of(408, 425, 429);
    private static final Set<String> LIMITS = Set.of("rateLimitExceeded", "userRateLimitExceeded");

    private GcsAnswers() {}

    /** The meaning of the client's failure among the causes; empty where there is none. */
    static Optional<Meaning> explain(Throwable thrown) {
        Optional<StorageException> failure = among(thrown, StorageException.class);
        Optional<HttpResponseException> answer = among(thrown, HttpResponseException.class);
        if (answer.isPresent()
                && among(thrown, Retryable.class).isPresent()
                && failure.map(f -> f.getCode() == 0).orElse(true)) {
            return answer.map(said -> asked(ofToken(said), said));
        }
        if (answer.isPresent()) {
            return answer.map(said -> asked(ofStorage(said), said));
        }
        return failure.map(f -> f.getCode() == 0 ? unfit() : meaning(f.getCode(), "", f.getMessage()));
    }

    private static Meaning asked(Meaning meaning, HttpResponseException answer) {
        return meaning.with(answer.getStatusCode(), answer.getHeaders()::getFirstHeaderStringValue);
    }

    private static Meaning ofStorage(HttpResponseException answer) {
        int status = answer.getStatusCode();
        if (answer instanceof GoogleJsonResponseException read && read.getDetails() != null) {
            return meaning(status, reason(read.getDetails()), read.getDetails().getMessage());
        }
        JsonNode error = read(answer.getContent()).path("error");
        return meaning(
                status,
                error.at("/errors/0/reason").asText(""),
                error.path("message").asText(null));
    }

    private static String reason(GoogleJsonError error) {
        return error.getErrors() == null || error.getErrors().isEmpty()
                ? ""
                : error.getErrors().get(0).getReason();
    }

    private static Meaning meaning(int status, String reason, String message) {
        if (status == 401) {
            return Meaning.answered(ErrorCode.DESTINATION_UNAUTHORIZED, status, reason, message, false, true);
        }
        boolean tooMuch = status == 429 || status == 503 || LIMITS.contains(reason);
        if (tooMuch || PASSING_STATUS.contains(status) || status >= 500 && status != 501 || spoilt(status, message)) {
            ErrorCode code = tooMuch ? ErrorCode.DESTINATION_THROTTLED : ErrorCode.DESTINATION_ERROR;
            return Meaning.answered(code, status, reason, message, true, false);
        }
        if (status == 404 && says(message, "bucket does not exist")) {
            return Meaning.answered(ErrorCode.DESTINATION_NOT_FOUND, status, reason, message, false, true);
        }
        return Meaning.answered(ErrorCode.DESTINATION_REFUSED, status, reason, message, false, status == 403);
    }

    /** What arrived has another digest than was announced. */
    private static boolean spoilt(int status, String message) {
        return status == 400 && says(message, "MD5");
    }

    private static boolean says(String message, String words) {
        return message != null && message.contains(words);
    }

    private static Meaning ofToken(HttpResponseException answer) {
        int status = answer.getStatusCode();
        JsonNode said = read(answer.getContent());
        String words = Meaning.words(
                "token endpoint",
                status,
                said.path("error").asText(""),
                said.path("error_description").asText(null));
        boolean again = PASSING_STATUS.contains(status) || status >= 500;
        return again
                ? new Meaning(ErrorCode.DESTINATION_ERROR, words, true, false)
                : new Meaning(ErrorCode.DESTINATION_UNAUTHORIZED, words, false, true);
    }

    /** The client compares what Google says it has with what was sent. */
    private static Meaning unfit() {
        return new Meaning(
                ErrorCode.DESTINATION_ERROR, "The destination's answer does not fit what was sent to it.", true, false);
    }

    private static JsonNode read(String content) {
        try {
            return content == null ? JSON.createObjectNode() : JSON.readTree(content);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode(); // a page of something that stands between: its status says enough
        }
    }

    private static <T> Optional<T> among(Throwable thrown, Class<T> type) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return Optional.of(type.cast(t));
            }
        }
        return Optional.empty();
    }
}
