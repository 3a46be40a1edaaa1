package io.caravan.support;

import io.caravan.support.CaravanException.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Collects every wrong field of a request, so that one answer names them all. Values are never repeated. */
public final class Checks {

    private final List<FieldError> errors = new ArrayList<>();

    /** Present and not blank, of at most {@code max} characters, without control characters. */
    public Checks text(String field, String value, int max) {
        if (value == null || value.isBlank()) {
            return error(field, "is required");
        }
        return optionalText(field, value, max);
    }

    /** Absent, or as {@link #text}. */
    public Checks optionalText(String field, String value, int max) {
        if (value == null) {
            return this;
        }
        if (value.isBlank()) {
            return error(field, "must not be blank");
        }
        if (value.length() > max) {
            return error(field, "must have at most " + max + " characters");
        }
        return that(value.chars().noneMatch(Character::isISOControl), field, "must not contain control characters");
    }

    /** Absent, or one of {@code allowed}. */
    public Checks oneOf(String field, String value, Set<String> allowed) {
        return that(
                value == null || allowed.contains(value),
                field,
                "must be one of " + String.join(", ", allowed.stream().sorted().toList()));
    }

    /** Absent, or matching {@code pattern}, which {@code message} puts into words. */
    public Checks matches(String field, String value, Pattern pattern, String message) {
        return that(value == null || pattern.matcher(value).matches(), field, message);
    }

    /** Absent, or an http(s) URL that {@link BaseUrl} accepts. */
    public Checks baseUrl(String field, String value) {
        try {
            if (value != null) {
                BaseUrl.of(value);
            }
        } catch (IllegalArgumentException e) {
            error(field, e.getMessage());
        }
        return this;
    }

    /** {@code holds}, or {@code field} is wrong and {@code message} says why. */
    public Checks that(boolean holds, String field, String message) {
        return holds ? this : error(field, message);
    }

    /** Throws where anything was wrong: {@link ErrorCode#INVALID_FIELD}, answered with 422. */
    public void done() {
        if (!errors.isEmpty()) {
            FieldError first = errors.get(0);
            String message = first.field() + " " + first.message() + ".";
            throw new CaravanException(ErrorCode.INVALID_FIELD, message, errors);
        }
    }

    private Checks error(String field, String message) {
        errors.add(new FieldError(field, message));
        return this;
    }
}
