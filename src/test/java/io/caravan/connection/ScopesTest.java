package io.caravan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopesTest {

    @ParameterizedTest
    @CsvSource({
        // wanted, granted, missing
        "patient/*.read, patient/*.read, ''",
        "patient/Observation.read, patient/*.read, ''",
        "patient/Observation.read, patient/*.rs, ''",
        "patient/Observation.rs, patient/Observation.read, ''",
        "patient/Observation.r, patient/Observation.cruds, ''",
        "patient/*.*, patient/*.cruds, ''",
        "patient/Observation.rs?category=lab, patient/Observation.rs, ''",
        "patient/Observation.rs?category=lab, patient/Observation.rs?category=lab, ''",
        "patient/Observation.rs, patient/Observation.rs?category=lab, patient/Observation.rs",
        "patient/Observation.read, patient/Condition.read, patient/Observation.read",
        "patient/Observation.rs, patient/Observation.r, patient/Observation.rs",
        "patient/*.read, patient/Observation.read patient/Condition.read, patient/*.read",
        "patient/Observation.read, user/*.read, patient/Observation.read",
        "patient/*.write, patient/*.read, patient/*.write",
        "openid offline_access, openid, offline_access",
        "launch/patient launch, openid, ''",
        "'  a   b a ', b, a",
        "a b, '', a b",
        "'', patient/*.read, ''",
    })
    void what_is_granted_covers_what_is_wanted_or_it_is_missing(String wanted, String granted, String missing) {
        assertThat(String.join(" ", Scopes.missing(Scopes.list(wanted), granted)))
                .isEqualTo(missing);
    }

    @Test
    void where_nobody_says_what_was_granted_nothing_is_said_to_be_missing() {
        assertThat(Scopes.missing(Scopes.list("a"), null)).isEmpty();
        assertThat(Scopes.list(null)).isEmpty();
    }
}
