package io.caravan.support;

/**
 * The stable codes of everything that can go wrong: {@code code} of a problem (RFC 9457), of a run, an item, a pull or
 * a task. {@link #status()} is what the HTTP API answers with, where the API is what went wrong.
 */
public enum ErrorCode {
    // the request
    MALFORMED_BODY(400),
    INVALID_REQUEST(400),
    MALFORMED_ID(400),
    UNAUTHENTICATED(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    NOT_ACCEPTABLE(406),
    UNSUPPORTED_MEDIA_TYPE(415),
    PRECONDITION_FAILED(412),
    INVALID_FIELD(422),
    IDEMPOTENCY_KEY_REUSED(422),
    DESTINATION_TEST_FAILED(422),
    TOO_MANY_ATTEMPTS(429),
    CONFLICT(409),
    REQUEST_IN_PROGRESS(409),
    NAME_TAKEN(409),
    KEY_TAKEN(409),
    IDS_FIXED(409),
    IN_USE(409),
    DESTINATION_DISABLED(409),
    NOTHING_TO_RETRY(409),
    CONNECTION_NOT_ACTIVE(409),
    KEYSET_UNWRITABLE(409),
    INTERNAL(500),
    DATABASE_UNAVAILABLE(503),

    // a source, while it is pulled
    SOURCE_UNREACHABLE(502),
    SOURCE_TIMEOUT(502),
    SOURCE_NOT_FHIR(502),
    SOURCE_UNAUTHORIZED(502),
    SOURCE_REFUSED(502),
    SOURCE_UNSUPPORTED(502),
    SOURCE_ERROR(502),
    SOURCE_THROTTLED(502),
    OTHER_PATIENT(502),
    NEXT_REFUSED(502),
    NEXT_LOOPS(502),
    NEXT_WITHOUT_URL(502),
    REDIRECT_REFUSED(502),
    TOO_MANY_PAGES(502),
    PAGING_EXPIRED(502),
    PAGE_TOO_LARGE(502),
    ATTACHMENT_LEFT_OUT(502),
    ATTACHMENT_UNREADABLE(502),
    NO_READABLE_TYPE(502),
    PATIENT_UNREADABLE(502),
    PROFILE_UNKNOWN(422),

    // tokens, and the endpoints that give them
    RECONNECT_NEEDED(409),
    INVALID_GRANT(502),
    TOKEN_REFUSED(502),
    TOKEN_UNREACHABLE(502),
    TOKEN_TIMEOUT(502),
    TOKEN_THROTTLED(502),
    TOKEN_ERROR(502),

    // a destination, while something is delivered
    DESTINATION_UNREACHABLE(502),
    DESTINATION_TIMEOUT(502),
    DESTINATION_UNAUTHORIZED(502),
    DESTINATION_REFUSED(502),
    DESTINATION_NOT_FOUND(502),
    DESTINATION_THROTTLED(502),
    DESTINATION_ERROR(502),
    DESTINATION_NOT_FHIR(502),
    DESTINATION_UNAVAILABLE(502),
    DESTINATION_MOVED(409),
    RESOURCES_REFUSED(502),
    CANCELLED(409),
    VERIFICATION_FAILED(502),
    COUNT_MISMATCH(500),
    CREDENTIALS_UNREADABLE(500),
    NETWORK_REFUSED(422),
    POISON(500),
    LEASE_LOST(500);

    private final int status;

    ErrorCode(int status) {
        this.status = status;
    }

    /** The HTTP status that the API answers with. */
    public int status() {
        return status;
    }

    /** As it stands in JSON and in the database: lower case. */
    public String code() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
