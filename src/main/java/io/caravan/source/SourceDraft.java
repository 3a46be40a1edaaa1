package io.caravan.source;

import io.caravan.support.Checks;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A source as it is asked for. Null leaves the choice to Caravan when one is created, and the value as it is when one
 * is changed.
 */
public record SourceDraft(String name, String fhirBaseUrl, String profile, String ids, String key, Duration pullEvery) {

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9]{1,11}");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(366);

    /** @param profiles the names that a profile can have */
    void checkNew(Set<String> profiles) {
        checks(profiles)
                .text("name", name, 200)
                .text("fhir_base_url", fhirBaseUrl, 2000)
                .done();
    }

    /** @param profiles the names that a profile can have */
    void checkChange(Set<String> profiles) {
        checks(profiles).optionalText("name", name, 200).done();
    }

    private Checks checks(Set<String> profiles) {
        return new Checks()
                .baseUrl("fhir_base_url", fhirBaseUrl)
                .oneOf("ids", ids, Set.of("original", "scoped"))
                .matches("key", key, KEY, "must be 2 to 12 lower-case letters and digits, a letter first")
                .oneOf("profile", profile, profiles)
                .that(
                        pullEvery == null || pullEvery.compareTo(SHORTEST) >= 0 && pullEvery.compareTo(LONGEST) <= 0,
                        "pull_every",
                        "must be between PT1M and P366D");
    }
}
