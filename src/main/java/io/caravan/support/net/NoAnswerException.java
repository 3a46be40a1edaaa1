package io.caravan.support.net;

import java.io.IOException;
import java.io.InterruptedIOException;

/** A peer gave no whole answer. The message says why, in words that follow "it cannot be reached:"; no cause is kept. */
public final class NoAnswerException extends IOException {

    private final boolean late;

    private NoAnswerException(String why, boolean late) {
        super(why);
        this.late = late;
    }

    /** Of what {@link BoundedHttp#exchange} throws. */
    public static NoAnswerException of(IOException failure) {
        return failure instanceof AnswerTooLargeException
                ? new NoAnswerException(failure.getMessage(), false)
                : new NoAnswerException(
                        ConnectionFailures.describe(failure), failure instanceof InterruptedIOException);
    }

    /** Of what a caller found out before it asked. */
    public static NoAnswerException because(String why) {
        return new NoAnswerException(why, false);
    }

    /** Whether the peer was there, and only its answer did not come in time. */
    public boolean late() {
        return late;
    }
}
