package io.caravan.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets into Hawtio and Jolokia, over HTTP, and that a foreign page cannot use an operator's session. */
class HawtioIT extends HawtioCase {

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/hawtio",
                "/hawtio/",
                "/hawtio/index.html",
                "/hawtio/camel",
                "/hawtio/plugin",
                "/hawtio/user",
                "/hawtio/jolokia",
                "/hawtio/auth/login",
                "/hawtio/auth/config/session-timeout",
                "/hawtio/proxy/http/127.0.0.1:80/",
                "/jolokia",
                "/jolokia/",
                "/jolokia/version",
                "/jolokia/list",
                "/jolokia/read/java.lang:type=Memory",
                "/prometheus",
                "/env",
                "/beans",
                "/heapdump",
                "/threaddump",
                "/loggers",
                "/info"
            })
    void nobody_but_an_operator_gets_in(String path) {
        assertThat(get(null, "/actuator" + path).statusCode()).isIn(401, 404);
        assertThat(get(viewer, "/actuator" + path).statusCode()).isIn(403, 404);
        assertThat(post(null, "/actuator" + path, "{}").statusCode()).isIn(401, 404);
        assertThat(post(viewer, "/actuator" + path, "{}").statusCode()).isIn(403, 404, 405);
    }

    @Test
    void health_alone_is_for_everybody() {
        assertThat(get(null, "/actuator/health").statusCode()).isEqualTo(200);
        assertThat(get(viewer, "/actuator/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/env", "/beans", "/heapdump", "/threaddump", "/loggers", "/configprops", "/shutdown"})
    void what_hawtio_does_not_need_is_not_there_for_an_operator_either(String path) {
        assertThat(get(OPERATOR, "/actuator" + path).statusCode()).isEqualTo(404);
    }

    @Test
    void an_operator_opens_hawtio() {
        assertThat(get(OPERATOR, "/actuator/hawtio/index.html").body()).contains("/actuator/hawtio/static/js/");
        assertThat(get(OPERATOR, "/actuator/hawtio/index.html").headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("script-src 'self';")
                .doesNotContain("unsafe-eval");
        assertThat(get(OPERATOR, "/api/v1/session").headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .doesNotContain("unsafe");
        assertThat(get(OPERATOR, "/actuator/hawtio/proxy/http/127.0.0.1:%d/actuator/health".formatted(port))
                        .statusCode())
                .isIn(403, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/exec/org.apache.camel:context=hawtio,type=routes,name=%22sweep-destinations%22/stop()",
                "?p=exec/org.apache.camel:context=hawtio,type=routes,name=%22sweep-destinations%22/stop()",
                "/read/java.lang:type=Memory"
            })
    void a_link_does_nothing(String path) {
        HttpResponse<String> answer = get(OPERATOR, "/actuator/jolokia" + path);

        assertThat(json(answer).path("status").asInt(answer.statusCode())).isEqualTo(403);
        assertThat(camel.getRouteController().getRouteStatus("sweep-destinations"))
                .isEqualTo(ServiceStatus.Started);
    }

    @Test
    void another_origin_is_told_nothing() throws Exception {
        HttpResponse<String> answer = http.send(
                request(OPERATOR, "/actuator/jolokia")
                        .header("Origin", "https://evil.example.org")
                        .POST(BodyPublishers.ofString("{\"type\": \"version\"}"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.headers().map().keySet())
                .noneMatch(header -> header.equalsIgnoreCase("Access-Control-Allow-Origin"));
    }

    @Test
    void a_signed_in_operators_browser_asks_jolokia_from_hawtios_own_page_only() throws Exception {
        HttpClient browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        Matcher token = TOKEN.matcher(browser.send(
                        request(null, "/sign-in").header("Accept", "text/html").build(), BodyHandlers.ofString())
                .body());
        assertThat(token.find()).isTrue();
        String form = "username=operator&password=%s&_csrf=%s".formatted(PASSWORD.replace(' ', '+'), token.group(1));
        browser.send(
                request(null, "/sign-in")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());

        for (String path : List.of("/actuator/hawtio/jolokia/", "/actuator/jolokia")) {
            assertThat(ask(browser, path, "Sec-Fetch-Site", "same-origin")).isEqualTo(200);
            assertThat(ask(browser, path, "Origin", "http://127.0.0.1:" + port)).isEqualTo(200);
            assertThat(ask(browser, path, "Sec-Fetch-Site", "same-site")).isEqualTo(403);
            assertThat(ask(browser, path, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
            assertThat(ask(browser, path, "Origin", "http://evil.example.org")).isEqualTo(403);
            assertThat(ask(browser, path, "X-Anything", "x")).isEqualTo(403);
        }
    }

    private int ask(HttpClient browser, String path, String header, String value) throws Exception {
        return browser.send(
                        request(null, path)
                                .header(header, value)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{\"type\": \"version\"}"))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }
}
