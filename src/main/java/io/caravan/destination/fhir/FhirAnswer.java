package io.caravan.destination.fhir;

import java.time.Duration;

/**
 * What a FHIR server answered to one request, as it came.
 *
 * @param contentType null where the server named none
 * @param retryAfter how long it asked to wait; null where it did not
 * @param body empty where there is none
 */
public record FhirAnswer(int status, String contentType, Duration retryAfter, byte[] body) {

    /** What the server said, in a sentence that is fit for the dashboard. */
    public String words() {
        return BundleAnswers.answered(status, Outcomes.of(body));
    }

    boolean success() {
        return status >= 200 && status <= 299;
    }

    /** Neither the body nor anything of it is printed: it may quote patient data. */
    @Override
    public String toString() {
        return "FhirAnswer[%d, %d bytes]".formatted(status, body.length);
    }
}
