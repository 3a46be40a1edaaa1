package io.caravan.support.secret;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says without a stack trace which keyset file stops the start. */
final class KeysetFailureAnalyzer extends AbstractFailureAnalyzer<KeysetException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, KeysetException cause) {
        return new FailureAnalysis(
                "Caravan cannot seal credentials: " + cause.getMessage(),
                "Put the keyset of this database there. Without it, stored credentials must be entered again.",
                cause);
    }
}
