package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.caravan.testing.InternalUrls;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** URLs that lead inside, entered over the API of a Caravan that lists nothing. */
class EnteredUrlsTest extends ApiTest {

    @Test
    void a_base_url_that_leads_inside_by_its_spelling_is_refused_as_it_is_entered() throws JsonProcessingException {
        String org = organization();
        for (String url : spelt().toList()) {
            refused(
                    url,
                    post(
                            OPERATOR_KEY,
                            org + "/sources",
                            JSON.writeValueAsString(Map.of("name", "Inside", "fhir_base_url", url))));
        }
        assertThat(get(OPERATOR_KEY, org + "/sources").body().at("/data")).isEmpty();
    }

    @Test
    void so_is_a_token_endpoint() throws JsonProcessingException {
        String org = organization();
        String source = source(org);
        for (String url : spelt().toList()) {
            Map<String, String> credentials =
                    Map.of("refresh_token", "word-of-honour", "client_id", "caravan", "token_endpoint", url);
            Answer answer = post(
                    OPERATOR_KEY,
                    org + "/connections",
                    JSON.writeValueAsString(
                            Map.of("source_id", source, "patient_id", "p1", "credentials", credentials)));
            refused(url, answer);
            assertThat(answer.raw().body()).doesNotContain("word-of-honour");
        }
        assertThat(get(OPERATOR_KEY, org + "/connections").body().at("/data")).isEmpty();
    }

    private static void refused(String url, Answer answer) {
        assertThat(answer.status()).as("%s: %s", url, answer.body()).isIn(400, 422);
        assertThat(answer.text("/code")).as(url).isIn("invalid_field", "network_refused");
        if (InternalUrls.SPECIAL.contains(url) || InternalUrls.LOOPBACK.contains(url)) {
            assertThat(answer.text("/code")).as(url).isEqualTo("network_refused");
            assertThat(answer.text("/detail")).as(url).contains("caravan.http.allow");
        }
    }

    /** Names are looked up when they are connected to. */
    private static Stream<String> spelt() {
        return Stream.of(InternalUrls.LOOPBACK, InternalUrls.SPECIAL, InternalUrls.NEVER)
                .flatMap(list -> list.stream())
                .map(url -> url.replace("PORT", "8080"))
                .filter(url -> InternalUrls.NEVER.stream()
                                .anyMatch(never -> never.replace("PORT", "8080").equals(url))
                        || url.matches("(?i)https?://(\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*])(:8080)?(/.*)?"));
    }
}
