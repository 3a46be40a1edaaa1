package io.caravan.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.caravan.support.CaravanException;
import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.converter.HttpMessageNotReadableException;

/** Says what is wrong with a body that is not what was expected, and where; never what stands there. */
final class UnreadableBody {

    private static final int MAX_FIELD = 100;

    private UnreadableBody() {}

    static CaravanException refusal(HttpMessageNotReadableException unreadable) {
        Throwable cause = unreadable.getCause();
        if (cause instanceof UnrecognizedPropertyException unknown) {
            return unknown(path(unknown));
        }
        if (cause instanceof JsonMappingException mapping && !(mapping.getCause() instanceof JsonProcessingException)) {
            return mismatch(mapping);
        }
        if (cause instanceof JsonProcessingException parsing) {
            return malformed("The body is not valid JSON" + place(parsing.getLocation()) + ".");
        }
        return malformed("The request needs a JSON body.");
    }

    private static CaravanException unknown(String field) {
        return new CaravanException(
                ErrorCode.INVALID_REQUEST, field + " is not known.", List.of(new FieldError(field, "is not known")));
    }

    private static CaravanException mismatch(JsonMappingException mapping) {
        if (mapping.getCause() instanceof CaravanException refused) {
            return refused;
        }
        String field = path(mapping);
        return field.isEmpty()
                ? malformed("The body must be one JSON object, as the contract describes it.")
                : CaravanException.invalidField(field, "is empty or has the wrong type");
    }

    private static CaravanException malformed(String message) {
        return new CaravanException(ErrorCode.MALFORMED_BODY, message);
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static String path(JsonMappingException mapping) {
        String path = mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        return path.length() <= MAX_FIELD ? path : path.substring(0, MAX_FIELD);
    }
}
