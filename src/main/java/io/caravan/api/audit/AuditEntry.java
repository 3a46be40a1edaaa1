package io.caravan.api.audit;

import java.time.Instant;

/**
 * What somebody did, or tried.
 *
 * @param caller an API key's id, or a person's name
 * @param callerName the key's name, or the person's
 * @param action the contract's {@code operationId}
 * @param target what it was done to; null where it was done to none in particular
 * @param made what was made by it; null where nothing was
 * @param status of the HTTP answer; null while it is not known, and for good where the node died
 */
record AuditEntry(
        String id,
        String organizationId,
        Instant at,
        String caller,
        String callerName,
        String action,
        String target,
        String made,
        Integer status,
        String requestId) {}
