package io.caravan.support.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravan.support.oauth.OAuthException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAnswerTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // status | body | reason | error | passing
                "400 | {\"error\":\"invalid_grant\"} | INVALID_GRANT | invalid_grant | false",
                "401 | {\"error\":\"invalid_grant\",\"error_description\":\"canary\"} | INVALID_GRANT | invalid_grant | false",
                "401 | {\"error\":\"invalid_client\"} | REFUSED | invalid_client | false",
                "400 | {\"error\":\"invalid_request\"} | REFUSED | invalid_request | false",
                "400 | {\"error\":\"unauthorized_client\"} | REFUSED | unauthorized_client | false",
                "400 | {\"error\":\"unsupported_grant_type\"} | REFUSED | unsupported_grant_type | false",
                "400 | {\"error\":\"invalid_scope\"} | REFUSED | invalid_scope | false",
                "400 | {\"error\":\"canary\"} | REFUSED | | false",
                "400 | {\"error\":\"temporarily_unavailable\"} | SERVER_ERROR | | true",
                "400 | {\"error\":\"server_error\"} | SERVER_ERROR | | true",
                "400 | '' | UNEXPLAINED | | true",
                "400 | {} | UNEXPLAINED | | true",
                "400 | {\"error\":{\"code\":\"canary\"}} | UNEXPLAINED | | true",
                "400 | <html>canary</html> | UNEXPLAINED | | true",
                "400 | \"invalid_grant\" | UNEXPLAINED | | true",
                "401 | Unauthorized | UNEXPLAINED | | true",
                "403 | <html>canary</html> | UNEXPLAINED | | true",
                "404 | '' | UNEXPLAINED | | true",
                "302 | '' | UNEXPLAINED | | true",
                "204 | '' | UNEXPLAINED | | true",
                "408 | '' | SERVER_ERROR | | true",
                "429 | {\"error\":\"invalid_grant\"} | THROTTLED | | true",
                "500 | {\"error\":\"invalid_grant\"} | SERVER_ERROR | | true",
                "503 | '' | SERVER_ERROR | | true",
                "200 | <html>canary</html> | NO_TOKEN | | true",
                "200 | '' | NO_TOKEN | | true",
                "200 | [] | NO_TOKEN | | true",
                "200 | {\"access_token\":\"\"} | NO_TOKEN | | true",
                "200 | {\"access_token\":null} | NO_TOKEN | | true",
                "200 | {\"refresh_token\":\"canary\"} | NO_TOKEN | | true",
                "200 | {\"access_token\":\"can\\nary\"} | NO_TOKEN | | true",
                "200 | {\"access_token\":\"canary\",\"token_type\":\"mac\"} | NO_TOKEN | | true",
                "200 | {\"access_token\":\"canary | NO_TOKEN | | true",
            })
    void an_answer_without_a_token_says_what_kind_of_failure_it_is(
            int status, String body, Reason reason, String error, boolean passing) {
        OAuthException failure = failure(status, body, null);

        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.error().orElse(null)).isEqualTo(error);
        assertThat(failure.again()).isEqualTo(passing);
        assertThat(failure).hasMessageStartingWith("The token endpoint").hasNoCause();
        assertThat(failure.toString()).doesNotContain("canary");
    }

    @Test
    void an_endpoint_can_ask_to_wait() {
        OAuthException throttled = failure(429, "", Duration.ofSeconds(17));

        assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(17));
        assertThat(throttled).hasMessageContaining("17 s");
        assertThat(failure(503, "", Duration.ofSeconds(5)).reason()).isEqualTo(Reason.THROTTLED);
    }

    @Test
    void a_whole_answer_is_understood_and_prints_no_token() {
        GrantedToken granted = granted("""
                {"access_token": "canary-a", "token_type": "bearer", "expires_in": 300, "refresh_token": "canary-r",
                 "scope": "patient/*.read", "patient": "1"}""");

        assertThat(granted.accessToken().reveal()).isEqualTo("canary-a");
        assertThat(granted.refreshToken().orElseThrow().reveal()).isEqualTo("canary-r");
        assertThat(granted.expiresAt(NOON)).contains(NOON.plusSeconds(300));
        assertThat(granted.scope()).contains("patient/*.read");
        assertThat(granted.toString()).doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource({"300, 300", "\"300\", 300", "300.9, 300", "315360000, 315360000"})
    void a_lifetime_is_a_number_or_one_in_quotes(String json, long seconds) {
        assertThat(granted("{\"access_token\": \"t\", \"expires_in\": %s}".formatted(json))
                        .expiresIn())
                .contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "0", "-1", "\"soon\"", "1e300", "99999999999999999999", "{}"})
    void a_lifetime_that_makes_no_sense_is_not_known(String json) {
        assertThat(granted("{\"access_token\": \"t\", \"expires_in\": %s}".formatted(json))
                        .expiresIn())
                .isEmpty();
    }

    @Test
    void what_is_not_said_is_absent() {
        GrantedToken granted = granted("{\"access_token\": \"t\"}");

        assertThat(granted.expiresAt(NOON)).isEmpty();
        assertThat(granted.refreshToken()).isEmpty();
        assertThat(granted.scope()).isEmpty();
    }

    private static GrantedToken granted(String body) {
        return TokenAnswer.of(200, body.getBytes(StandardCharsets.UTF_8), null);
    }

    private static OAuthException failure(int status, String body, Duration wait) {
        return catchThrowableOfType(
                OAuthException.class, () -> TokenAnswer.of(status, body.getBytes(StandardCharsets.UTF_8), wait));
    }
}
