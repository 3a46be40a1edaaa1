package io.caravan.destination.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.testing.GcsServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceAccountTest {

    @Test
    void a_key_file_is_read_and_its_key_never_printed() {
        try (GcsServer google = GcsServer.start()) {
            ServiceAccount account = ServiceAccount.of(google.credentials().get("service_account_json"));

            assertThat(account.clientEmail()).endsWith("gserviceaccount.com");
            assertThat(account.tokenUri()).hasToString(google.endpoint() + "/token");
            assertThat(account.toString()).doesNotContain("key", "RSA").contains(account.clientEmail());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | must be the JSON",
                "[] | must be the JSON",
                "{\"type\": \"external_account\"} | must be a key file of type service_account",
                "{\"type\": \"service_account\"} | has no client_email",
                "{\"type\": \"service_account\", \"client_email\": \"a\", \"private_key\": \"c2VjcmV0\"} | has no private_key",
                "{\"type\": \"service_account\", \"client_email\": \"a\"} | has no private_key",
            })
    void anything_else_is_refused_without_being_repeated(String file, String why) {
        assertThatThrownBy(() -> ServiceAccount.of(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why)
                .hasMessageNotContaining("c2VjcmV0")
                .hasNoCause();
    }
}
