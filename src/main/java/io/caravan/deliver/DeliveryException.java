package io.caravan.deliver;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;

/**
 * A destination did not take what it was sent. Its cause is not kept: client exceptions may print what they carried.
 */
public class DeliveryException extends CaravanException {

    private final boolean again;
    private final boolean stopsRun;
    private final transient Duration wait;

    private DeliveryException(ErrorCode code, String message, boolean again, boolean stopsRun, Duration wait) {
        super(code, message);
        this.wait = wait;
        this.again = again;
        this.stopsRun = stopsRun;
    }

    /** The next try may succeed. */
    public static DeliveryException passing(ErrorCode code, String message) {
        return passing(code, message, Duration.ZERO);
    }

    /** The next try may succeed, but not before this wait is over. */
    public static DeliveryException passing(ErrorCode code, String message, Duration wait) {
        return new DeliveryException(code, message, true, false, wait);
    }

    /** Nothing is sent before this wait is over. */
    public static DeliveryException mustWait(Duration wait) {
        return passing(ErrorCode.DESTINATION_THROTTLED, "The destination asked to be left alone for a while.", wait);
    }

    /** This item cannot be delivered as things stand. */
    public static DeliveryException permanent(ErrorCode code, String message) {
        return new DeliveryException(code, message, false, false, Duration.ZERO);
    }

    /** Nothing can be delivered there as things stand: the run's other items need not be tried. */
    public static DeliveryException refusedAltogether(ErrorCode code, String message) {
        return new DeliveryException(code, message, false, true, Duration.ZERO);
    }

    public boolean again() {
        return again;
    }

    public boolean stopsRun() {
        return stopsRun;
    }

    /** How long the destination asked to wait; zero where it did not. */
    public Duration askedToWait() {
        return wait;
    }
}
