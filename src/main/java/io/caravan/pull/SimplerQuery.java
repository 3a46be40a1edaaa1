package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import java.util.Optional;

/**
 * What a search becomes whose source refused it for what it says besides the patient. Body of
 * {@code direct:track-task-simpler}.
 *
 * @param fullWalk whether it now returns everything there is, not only what has changed
 */
public record SimplerQuery(String orgId, String id, int epoch, String query, boolean fullWalk) {

    /**
     * Empty where there is nothing to leave out, or the source understood the query before.
     *
     * @param status what the source answered
     */
    static Optional<SimplerQuery> of(ClaimedTask task, int status) {
        if (!task.kind().equals("search") || task.nextUrl() != null) {
            return Optional.empty();
        }
        return SearchQuery.simpler(task.query(), status)
                .map(query ->
                        new SimplerQuery(task.orgId(), task.id(), task.epoch(), query, SearchQuery.isFullWalk(query)));
    }
}
