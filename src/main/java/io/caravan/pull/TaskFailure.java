package io.caravan.pull;

import io.caravan.support.CaravanException;
import java.time.Duration;

/**
 * Why a task stopped.
 *
 * @param outcome its next status, {@code pending} where it is tried again after the wait
 * @param holdMillis how long nothing at all is to be asked of the source, for that is what it asked for; else 0
 * @param tried whether {@code code} says something of the task; not where its source was only waited for
 * @param tries of the page that it has come to, so far
 * @param restart whether its query can be walked from page one again; once, then it stays what {@code outcome} says
 */
public record TaskFailure(
        String orgId,
        String id,
        int epoch,
        String outcome,
        long waitMillis,
        long holdMillis,
        boolean tried,
        int tries,
        boolean restart,
        String code,
        String message) {

    /** Nothing was sent: the task goes back, and loses none of its tries. */
    static TaskFailure untried(PullTask task, SourceRestsException rests) {
        return untried(task, rests.left(), false, rests);
    }

    /** The same for a token that cannot be had for the time being: the connection waits, not its source. */
    static TaskFailure untried(PullTask task, Duration wait, CaravanException why) {
        return untried(task, wait, true, why);
    }

    private static TaskFailure untried(PullTask task, Duration wait, boolean tells, CaravanException why) {
        return new TaskFailure(
                task.claim().orgId(),
                task.claim().id(),
                task.claim().epoch(),
                "pending",
                wait.toMillis(),
                0,
                tells,
                task.tries() - 1,
                false,
                why.code().code(),
                why.getMessage());
    }
}
