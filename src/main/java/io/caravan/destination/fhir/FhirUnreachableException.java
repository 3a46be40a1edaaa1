package io.caravan.destination.fhir;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;

/** There was no whole answer of a FHIR server; what was sent may have arrived. Trying again can help. */
public final class FhirUnreachableException extends CaravanException {

    FhirUnreachableException(ErrorCode code, String message) {
        super(code, message);
    }
}
