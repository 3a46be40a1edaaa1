package io.caravan.api;

import io.caravan.support.CaravanException;
import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.ErrorCode;
import java.util.List;
import java.util.Set;

/** What lists can be narrowed by. */
final class Filters {

    static final Set<String> CONNECTION_STATUS = Set.of("active", "refresh_failed", "disconnected");
    static final Set<String> PULL_STATUS = Set.of("queued", "running", "completed", "partial", "failed", "cancelled");
    static final Set<String> TASK_STATUS = Set.of("pending", "running", "done", "unsupported", "refused", "failed");
    static final Set<String> RUN_STATUS = Set.of("queued", "running", "succeeded", "partial", "failed", "cancelled");
    static final Set<String> ITEM_STATUS = Set.of("pending", "running", "delivered", "failed");

    private Filters() {}

    /** {@code status}, which is null or one of {@code allowed}. */
    static String status(String status, Set<String> allowed) {
        if (status == null || allowed.contains(status)) {
            return status;
        }
        String message =
                "must be one of " + String.join(", ", allowed.stream().sorted().toList());
        throw new CaravanException(
                ErrorCode.INVALID_REQUEST, "status " + message + ".", List.of(new FieldError("status", message)));
    }
}
