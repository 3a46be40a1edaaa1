package io.caravan.pull;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;

/** A source is not to be asked now: it asked to wait, or its rate budget is used up. Nothing was sent to it. */
class SourceRestsException extends CaravanException {

    private final transient Duration left;

    SourceRestsException(Duration left) {
        super(ErrorCode.SOURCE_THROTTLED, "The source is left alone for a while, as it asked for.");
        this.left = left;
    }

    /** How long to leave it alone. */
    Duration left() {
        return left;
    }
}
