package io.caravan.deliver;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;

/**
 * A destination did not take what it was sent. Its cause is not kept: client exceptions may print what they carried.
 */
public class DeliveryException extends CaravanException {

    private final boolean again;
    private final boolean stopsRun;

    private DeliveryException(ErrorCode code, String message, boolean again, boolean stopsRun) {
        super(code, message);
        this.again = again;
        this.stopsRun = stopsRun;
    }

    /** The next try may succeed. */
    static DeliveryException passing(ErrorCode code, String message) {
        return new DeliveryException(code, message, true, false);
    }

    /** This item cannot be delivered as things stand. */
    static DeliveryException permanent(ErrorCode code, String message) {
        return new DeliveryException(code, message, false, false);
    }

    /** Nothing can be delivered there as things stand: the run's other items need not be tried. */
    static DeliveryException refusedAltogether(ErrorCode code, String message) {
        return new DeliveryException(code, message, false, true);
    }

    public boolean again() {
        return again;
    }

    public boolean stopsRun() {
        return stopsRun;
    }
}
