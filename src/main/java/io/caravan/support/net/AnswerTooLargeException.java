package io.caravan.support.net;

import java.io.IOException;

/** The peer's answer is larger than the caller reads. The rest of it was left unread, and its connection is closed. */
public final class AnswerTooLargeException extends IOException {

    AnswerTooLargeException() {
        super("the answer is larger than is read");
    }
}
