package io.caravan.destination.fhir;

import java.util.Optional;

/**
 * Carries an answer out of HAPI and camel-fhir, which would throw away its status and headers. It has no stack: what
 * wraps it on the way prints the bundle, and is dropped.
 */
public final class FhirAnswered extends RuntimeException {

    private final transient FhirAnswer answer;

    FhirAnswered(FhirAnswer answer) {
        super("answered " + answer.status(), null, false, false);
        this.answer = answer;
    }

    /** The answer that is among the causes, if there is one. */
    public static Optional<FhirAnswer> among(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof FhirAnswered answered) {
                return Optional.of(answered.answer);
            }
        }
        return Optional.empty();
    }
}
