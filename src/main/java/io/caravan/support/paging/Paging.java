package io.caravan.support.paging;

import io.caravan.support.CaravanException;
import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Which part of a list is asked for: at most {@code limit} rows after the key {@code after}, or the first ones. */
public record Paging(int limit, String after) {

    /** The most that one call may ask for. */
    public static final int MAX_LIMIT = 200;

    private static final int DEFAULT_LIMIT = 50;

    public Paging {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw invalid("limit", "must be between 1 and " + MAX_LIMIT);
        }
    }

    /** The first page, as long as it may be. */
    public static Paging first() {
        return new Paging(MAX_LIMIT, null);
    }

    /** From a request's {@code limit} and {@code cursor}, each null where absent; a bad one is answered with 400. */
    public static Paging of(Integer limit, String cursor) {
        return new Paging(limit == null ? DEFAULT_LIMIT : limit, cursor == null ? null : decode(cursor));
    }

    /** The page in {@code rows}, for which one more than {@link #limit} was read; {@code key} is what a cursor holds. */
    public <T> Slice<T> slice(List<T> rows, Function<T, String> key) {
        if (rows.size() <= limit) {
            return new Slice<>(rows, null);
        }
        List<T> data = rows.subList(0, limit);
        return new Slice<>(data, encode(key.apply(data.get(limit - 1))));
    }

    /** How many rows to read: one more than are shown tells whether there is a next page. */
    public int fetch() {
        return limit + 1;
    }

    private static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        try {
            String key = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (key.matches("[A-Za-z0-9_/]{1,80}")) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // not base64: the same answer as for a key that is none
        }
        throw invalid("cursor", "is not one that this list gave");
    }

    private static CaravanException invalid(String field, String message) {
        return new CaravanException(
                ErrorCode.INVALID_REQUEST, field + " " + message + ".", List.of(new FieldError(field, message)));
    }
}
