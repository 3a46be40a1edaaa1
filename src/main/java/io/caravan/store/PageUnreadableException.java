package io.caravan.store;

/**
 * An answer that is no page at all. The message says what it is instead and never repeats a byte of it; for the same
 * reason there is no cause, since a JSON parser's own messages quote what they read.
 */
public class PageUnreadableException extends RuntimeException {

    private final String code;

    private PageUnreadableException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** {@code not_json}, {@code not_fhir}, {@code invalid_utf8} or {@code too_deep}. */
    public String code() {
        return code;
    }

    static PageUnreadableException notJson(String message) {
        return new PageUnreadableException("not_json", message);
    }

    static PageUnreadableException notFhir(String message) {
        return new PageUnreadableException("not_fhir", message);
    }

    static PageUnreadableException invalidUtf8(int offset) {
        return new PageUnreadableException(
                "invalid_utf8", "the answer is not valid UTF-8 (at byte %d)".formatted(offset));
    }

    static PageUnreadableException tooDeep(int limit) {
        return new PageUnreadableException("too_deep", "the answer is nested deeper than %d levels".formatted(limit));
    }
}
