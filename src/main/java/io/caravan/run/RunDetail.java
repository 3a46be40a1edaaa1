package io.caravan.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;

/**
 * A run with its counts per type.
 *
 * @param pulls the ids of the newest 200 pulls that settled in its window
 */
public record RunDetail(@JsonUnwrapped Run run, List<TypeCount> types, List<String> pulls) {

    /**
     * What a run selected of one type, and what became of it; {@code selected} is delivered + superseded + failed, or will be.
     *
     * @param deleted how many of the delivered are deletions
     */
    public record TypeCount(
            String type,
            long selected,
            long delivered,
            long deleted,
            long superseded,
            long failed,
            int files,
            long bytes) {}

    /**
     * One unit of delivery.
     *
     * @param dueAt when a pending one is tried (again)
     */
    public record Item(
            String id,
            String runId,
            String kind,
            String resourceType,
            Integer part,
            String status,
            int selected,
            int delivered,
            int superseded,
            int attempts,
            Instant dueAt,
            long bytes,
            String sha256,
            String objectKey,
            Instant deliveredAt,
            Failure error,
            String resolvedBy) {}
}
