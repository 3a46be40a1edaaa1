package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** People sign in on a page; what their browser sends by itself is not enough to change anything. */
class SignInTest extends ApiTest {

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @Test
    void the_operator_signs_in_and_changes_something_with_the_sessions_token() throws Exception {
        HttpResponse<String> page = page("/");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElseThrow()).endsWith("/sign-in");
        HttpResponse<String> signedIn = signIn("operator", OPERATOR_PASSWORD);
        assertThat(signedIn.headers().firstValue("Location").orElseThrow()).doesNotContain("error");
        assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow())
                .contains("HttpOnly")
                .contains("SameSite=Lax");

        HttpResponse<String> session = page("/api/v1/session");
        assertThat(JSON.readTree(session.body()).at("/role").asText()).isEqualTo("operator");
        String header = JSON.readTree(session.body()).at("/csrf/header").asText();
        String token = JSON.readTree(session.body()).at("/csrf/token").asText();
        assertThat(create(header, "wrong").statusCode()).isEqualTo(403);
        assertThat(create(header, token).statusCode()).isEqualTo(201);
    }

    @Test
    void after_five_failures_the_right_password_is_refused_too() throws Exception {
        jdbc.sql("INSERT INTO account (name, role, password_hash) VALUES ('mallory', 'viewer', :hash)")
                .param("hash", new BCryptPasswordEncoder(4).encode("right"))
                .update();

        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(signIn("mallory", "wrong")
                            .headers()
                            .firstValue("Location")
                            .orElseThrow())
                    .endsWith("/sign-in?wrong");
        }
        assertThat(signIn("mallory", "right").headers().firstValue("Location").orElseThrow())
                .endsWith("/sign-in?throttled");
        assertThat(page("/sign-in?wrong").body()).contains("Name or password is wrong.");
        assertThat(page("/sign-in?throttled").body()).contains("Too many failed attempts.");
    }

    @Test
    void code_and_looks_are_public_and_pages_are_not() throws Exception {
        for (String path : List.of(
                "/app/app.js",
                "/app/caravan.css",
                "/webjars/lit-html/lit-html.js",
                "/webjars/lit-html/directives/live.js",
                "/webjars/picocss__pico/css/pico.min.css")) {
            assertThat(page(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(page("/index.html").statusCode()).isEqualTo(302);
        signIn("operator", OPERATOR_PASSWORD);
        HttpResponse<String> dashboard = page("/");
        assertThat(dashboard.statusCode()).isEqualTo(200);
        assertThat(dashboard.body())
                .contains("/app/app.js")
                .doesNotContainPattern("<script(?![^>]* src=)|<style| style=");
        assertThat(dashboard.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'self'")
                .doesNotContain("unsafe");
    }

    @Test
    void an_api_key_has_no_session_and_beats_a_cookie() {
        Answer session = get(OPERATOR_KEY, "/api/v1/session");

        assertThat(session.body().at("/csrf").isNull()).isTrue();
        assertThat(session.header("Set-Cookie")).isNull();
        assertThat(get(null, "/api/v1/session").header("Set-Cookie")).isNull();
    }

    @Test
    void health_is_public_and_the_rest_of_the_actuator_is_the_operators() {
        assertThat(get(null, "/actuator/health").body().toString())
                .isEqualTo("{\"status\":\"UP\",\"groups\":[\"liveness\",\"readiness\"]}");
        assertThat(get(null, "/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(get(OPERATOR_KEY, "/actuator/health").body().has("components"))
                .isTrue();
        assertThat(get(null, "/actuator/info").status()).isEqualTo(401);
        assertThat(get(OPERATOR_KEY, "/actuator/info").status()).isEqualTo(200);
        assertThat(get(null, "/actuator").status()).isEqualTo(401);
    }

    @Test
    void every_answer_forbids_what_a_page_of_ours_does_not_need() {
        for (Answer answer : new Answer[] {get(OPERATOR_KEY, "/api/v1/session"), get(null, "/api/v1/session")}) {
            assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'self'");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Cache-Control")).contains("no-store");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        }
    }

    private HttpResponse<String> page(String path) throws Exception {
        return browser.send(request(path).header("Accept", "text/html, */*").build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> signIn(String name, String password) throws Exception {
        Matcher token = TOKEN.matcher(page("/sign-in").body());
        assertThat(token.find()).isTrue();
        String form = "username=%s&password=%s&_csrf=%s".formatted(encoded(name), encoded(password), token.group(1));
        return browser.send(
                request("/sign-in")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> create(String header, String token) throws Exception {
        return browser.send(
                request("/api/v1/organizations")
                        .header("Content-Type", "application/json")
                        .header(header, token)
                        .POST(BodyPublishers.ofString("{\"name\": \"By a person\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
