package io.caravan.support.net;

import java.io.InterruptedIOException;

/** The exchange as a whole took longer than it may, whether or not the peer was silent. */
public final class ExchangeOverdueException extends InterruptedIOException {

    ExchangeOverdueException() {
        super("the exchange took longer than it may");
    }
}
