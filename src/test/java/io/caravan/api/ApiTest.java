package io.caravan.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A running Caravan, spoken to over HTTP; the routes behind the API are stubs. All tests share one. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "camel.main.routes-collector-enabled=false",
            "caravan.operator.key=" + ApiTest.OPERATOR_KEY,
            "caravan.operator.password=" + ApiTest.OPERATOR_PASSWORD
        })
@Import(ApiTest.Routes.class)
abstract class ApiTest {

    static final String OPERATOR_KEY = "ck_test_operator_0123456789abcdefghijklmnop";
    static final String OPERATOR_PASSWORD = "correct horse battery staple";
    static final ObjectMapper JSON = new ObjectMapper();

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    final HttpClient http = HttpClient.newHttpClient();

    @TestConfiguration(proxyBeanMethods = false)
    static class Routes {

        @Bean
        ApplicationListener<ApplicationReadyEvent> stubRoutes(CamelContext camel, JdbcClient jdbc) {
            return event -> {
                try {
                    camel.addRoutes(new StubRoutes(jdbc));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
        }
    }

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
    }

    /** An answer with its JSON; a body that is none is a missing node. */
    record Answer(int status, JsonNode body, HttpResponse<String> raw) {

        String text(String pointer) {
            return body.at(pointer).asText();
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse(null);
        }
    }

    Answer get(String key, String path) {
        return send(key, "GET", path, null);
    }

    Answer post(String key, String path, String body) {
        return send(key, "POST", path, body);
    }

    Answer patch(String key, String path, String body) {
        return send(key, "PATCH", path, body);
    }

    Answer delete(String key, String path) {
        return send(key, "DELETE", path, null);
    }

    Answer send(String key, String method, String path, String body) {
        HttpRequest.Builder request =
                request(path).method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        Answer answer = send(request);
        Contract.check(method, path, answer);
        return answer;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), json(response), response);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A new organization's path. */
    String organization() {
        Answer created = post(OPERATOR_KEY, "/api/v1/organizations", "{\"name\": \"Acme\"}");
        return "/api/v1/organizations/" + created.text("/id");
    }

    /** A new key of an organization. */
    String key(String org, String role) {
        return post(OPERATOR_KEY, org + "/api-keys", "{\"name\": \"test\", \"role\": \"%s\"}".formatted(role))
                .text("/key");
    }

    String source(String org) {
        return post(
                        OPERATOR_KEY,
                        org + "/sources",
                        "{\"name\": \"St. Elsewhere\", \"fhir_base_url\": \"https://fhir.st-elsewhere.org/r4\"}")
                .text("/id");
    }

    Answer connection(String org, String source) {
        return post(
                OPERATOR_KEY,
                org + "/connections",
                "{\"source_id\": \"%s\", \"patient_id\": \"patient-%d\", \"credentials\": {}}"
                        .formatted(source, NUMBER.incrementAndGet()));
    }

    Answer destination(String org) {
        return post(OPERATOR_KEY, org + "/destinations", destinationBody("Lake " + NUMBER.incrementAndGet(), "lake"));
    }

    static String destinationBody(String name, String bucket) {
        return """
                {"name": "%s", "type": "object_storage",
                 "settings": {"cloud_vendor": "s3_compatible", "endpoint": "https://s3.example.org",
                              "bucket": "%s", "prefix": "caravan", "file_type": "ndjson"},
                 "credentials": {"access_key": "canary-access-key", "secret": "canary-secret"}}""".formatted(name, bucket);
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
        return json ? JSON.readTree(response.body()) : JSON.missingNode();
    }
}
