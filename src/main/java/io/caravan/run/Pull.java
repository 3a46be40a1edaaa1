package io.caravan.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * One background retrieval, as the API shows it.
 *
 * @param tasks how many queries its plan has, by what became of them
 * @param warnings what the source said besides its resources, and what of them did not land; of the plan and of all
 *     tasks, each once, at most some dozen: the tasks have them all
 * @param waitingUntil where nothing of it can be done now: when it goes on; else null
 * @param retryOf the pull whose refused and failed queries this one repeats; null for a whole one
 * @param retryable whether it missed something that no later pull has asked for again, and its connection can be pulled
 */
public record Pull(
        String id,
        String connectionId,
        String sourceId,
        String trigger,
        String status,
        Resources resources,
        Tasks tasks,
        List<String> warnings,
        Instant queuedAt,
        Instant startedAt,
        Instant completedAt,
        Instant waitingUntil,
        Failure error,
        String retryOf,
        boolean retryable) {

    public record Resources(long seen, @JsonProperty("new") long created, long changed, long unchanged, long deleted) {

        /** Whether the pull brought anything that a destination has not seen. */
        boolean brought() {
            return created + changed + deleted > 0;
        }
    }

    public record Tasks(int total, int open, int done, int unsupported, int refused, int failed) {}

    /** The run that carried a pull's changes to a destination, or the queued one that will. */
    public record Export(String destinationId, String runId, String status) {}

    /**
     * One query of a pull's plan.
     *
     * @param query relative to the source's base
     * @param dueAt when a pending one is tried (again)
     */
    public record Task(
            String id,
            String pullId,
            String kind,
            String resourceType,
            String query,
            String status,
            int pages,
            Resources resources,
            int attempts,
            Instant dueAt,
            Failure error,
            List<String> warnings) {}
}
