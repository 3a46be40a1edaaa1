package io.caravan.pull;

import io.caravan.run.ClaimedPull;
import io.caravan.support.CaravanException;
import java.time.Duration;

/**
 * Why a pull could not be planned, and whether it is tried again after the wait.
 *
 * @param holdMillis how long nothing at all is to be asked of the source, for that is what it asked for; else 0
 * @param tried whether this counts as one of the pull's tries; not where its source was only waited for
 */
public record PullFailure(
        String orgId,
        String id,
        int epoch,
        boolean again,
        long waitMillis,
        long holdMillis,
        boolean tried,
        String code,
        String message) {

    /** Nothing was sent: the pull goes back, and loses none of its tries. */
    static PullFailure untried(ClaimedPull pull, SourceRestsException rests) {
        return untried(pull, rests.left(), rests);
    }

    /** The same for a token that cannot be had for the time being: the connection waits, not its source. */
    static PullFailure untried(ClaimedPull pull, Duration wait, CaravanException why) {
        return new PullFailure(
                pull.orgId(),
                pull.id(),
                pull.epoch(),
                true,
                wait.toMillis(),
                0,
                false,
                why.code().code(),
                why.getMessage());
    }
}
