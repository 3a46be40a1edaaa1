package io.caravan.run;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;

/**
 * One resource that a FHIR destination refused.
 *
 * @param deletion whether it is the resource's deletion that was refused
 * @param status the HTTP status of its entry, or of the whole answer where that stands for it; null where it was never sent
 * @param text what the destination said, in one line; empty where it said nothing
 * @param outcome the OperationOutcome as the destination gave it, within bounds; null where it gave none
 * @param resolvedBy the retry run that carries it now; null where none does
 */
public record Rejection(
        String type,
        String id,
        boolean deletion,
        Integer status,
        String text,
        @JsonRawValue String outcome,
        Instant rejectedAt,
        String itemId,
        String resolvedBy) {}
