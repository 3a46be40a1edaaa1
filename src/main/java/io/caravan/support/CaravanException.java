package io.caravan.support;

import java.util.List;

/**
 * A failure with a stable code and a message fit for the dashboard: it says what, where and what to do, and holds
 * neither patient data nor a secret.
 */
public class CaravanException extends RuntimeException {

    private final ErrorCode code;
    private final transient List<FieldError> errors;

    /** One field of a request that is wrong; {@code field} is its JSON path, such as {@code settings.bucket}. */
    public record FieldError(String field, String message) {}

    public CaravanException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    public CaravanException(ErrorCode code, String message, List<FieldError> errors) {
        super(message);
        this.code = code;
        this.errors = List.copyOf(errors);
    }

    /** One wrong field, answered with 422. */
    public static CaravanException invalidField(String field, String message) {
        return new CaravanException(
                ErrorCode.INVALID_FIELD, field + " " + message, List.of(new FieldError(field, message)));
    }

    /** No such thing, or another organization's: the same 404. */
    public static CaravanException notFound(String noun, String id) {
        return new CaravanException(ErrorCode.NOT_FOUND, "There is no %s %s here.".formatted(noun, id));
    }

    public ErrorCode code() {
        return code;
    }

    public List<FieldError> errors() {
        return errors;
    }
}
