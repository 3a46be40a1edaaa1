package io.caravan.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceKeysTest {

    @ParameterizedTest
    @CsvSource({
        "https://fhir.st-elsewhere.org/r4, elsewhere",
        "https://www.mayoclinic.org/fhir, mayoclinic",
        "https://api.mercy.example.co.uk/fhir, example",
        "https://epicproxy.hospital.org/api/FHIR/R4, epicproxy",
        "https://fhir.3m-health.com, source",
        "https://a-very-long-name-indeed.org, averylongnam",
        "http://localhost:8080/fhir, localhost",
        "http://127.0.0.1:8080/fhir, source",
        "http://[::1]:8080/fhir, source",
        "https://fhir.health.org, source"
    })
    void the_key_says_whose_server_it_is(URI base, String key) {
        assertThat(SourceKeys.derive(base)).isEqualTo(key);
    }

    @Test
    void a_taken_key_gets_the_first_free_number_and_stays_short() {
        assertThat(SourceKeys.distinct("elsewhere", Set.of())).isEqualTo("elsewhere");
        assertThat(SourceKeys.distinct("elsewhere", Set.of("elsewhere", "elsewhere2")))
                .isEqualTo("elsewhere3");
        assertThat(SourceKeys.distinct("twelveletter", Set.of("twelveletter"))).isEqualTo("twelvelette2");
    }
}
