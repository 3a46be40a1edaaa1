package io.caravan.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** FHIR's {@code instant} (R4 § 2.24.0.1): a date, a time of day, and the zone it is of; pure. */
final class FhirInstant {

    private static final int LAST_YEAR = 9999;

    private FhirInstant() {}

    /** Empty where the text is none, or its year in UTC has not FHIR's four digits: not every database could keep it. */
    static Optional<Instant> parse(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            int year = time.atOffset(ZoneOffset.UTC).getYear();
            return year > 0 && year <= LAST_YEAR ? Optional.of(time) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
