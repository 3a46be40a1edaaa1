package io.caravan.support.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells the person starting Caravan in two paragraphs what a stack trace would hide. */
final class EmbeddedPostgresFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedPostgresException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, EmbeddedPostgresException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
