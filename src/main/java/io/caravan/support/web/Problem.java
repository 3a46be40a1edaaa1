package io.caravan.support.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravan.support.CaravanException;
import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * A problem as RFC 9457 has it.
 *
 * @param type a name for the kind of problem, from its code; not a page
 * @param errors the fields that are wrong; empty where it is not about fields
 * @param steps of a destination's test that failed; null for every other problem
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        List<FieldError> errors,
        List<?> steps,
        @JsonProperty("request_id") String requestId) {

    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String SOON = "5";

    public static Problem of(ErrorCode code, String detail, String requestId) {
        return new Problem(type(code), title(code), code.status(), detail, code.code(), List.of(), null, requestId);
    }

    public static Problem of(CaravanException refused, String requestId) {
        return of(refused.code(), refused.getMessage(), requestId).withErrors(refused.errors());
    }

    /** After how many seconds the same request may well be answered; empty where to ask again does not help. */
    public Optional<String> retryAfter() {
        return status == ErrorCode.DATABASE_UNAVAILABLE.status() ? Optional.of(SOON) : Optional.empty();
    }

    public Problem withErrors(List<FieldError> wrong) {
        return new Problem(type, title, status, detail, code, List.copyOf(wrong), steps, requestId);
    }

    public Problem withSteps(List<?> taken) {
        return new Problem(type, title, status, detail, code, errors, List.copyOf(taken), requestId);
    }

    private static String type(ErrorCode code) {
        return "urn:caravan:problem:" + code.code();
    }

    /** The code in words: {@code not_found} is "Not found". */
    private static String title(ErrorCode code) {
        String words = code.code().replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
