package io.caravan.ops;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A running Caravan with all its routes, an operator and a viewer, and what a test asks Jolokia. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "camel.main.name=hawtio",
            "caravan.operator.key=" + HawtioCase.OPERATOR,
            "caravan.operator.password=" + HawtioCase.PASSWORD
        })
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HawtioCase {

    static final String OPERATOR = "ck_hawtio_operator_0123456789abcdefghijklmn";
    static final String PASSWORD = "correct horse battery staple";

    static final ObjectMapper JSON = new ObjectMapper();
    // A name of its own: another Caravan may run in this JVM, and JMX is for all of it.
    static final String ROUTE = "org.apache.camel:context=hawtio,type=routes,name=\"%s\"";
    static final String CONTEXT = "org.apache.camel:context=hawtio,type=context,name=\"hawtio\"";

    @LocalServerPort
    int port;

    @Autowired
    CamelContext camel;

    final HttpClient http = HttpClient.newHttpClient();
    String viewer;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
    }

    @BeforeAll
    void makeViewer() {
        String org = json(post(OPERATOR, "/api/v1/organizations", "{\"name\": \"Acme\"}"))
                .path("id")
                .asText();
        viewer = json(post(
                        OPERATOR,
                        "/api/v1/organizations/" + org + "/api-keys",
                        "{\"name\": \"test\", \"role\": \"viewer\"}"))
                .path("key")
                .asText();
        assertThat(viewer).isNotBlank();
    }

    JsonNode read(String mbean, String attribute) {
        return jolokia(Map.of("type", "read", "mbean", mbean, "attribute", attribute));
    }

    JsonNode exec(String mbean, String operation, Object... arguments) {
        return jolokia(Map.of("type", "exec", "mbean", mbean, "operation", operation, "arguments", List.of(arguments)));
    }

    JsonNode jolokia(Map<String, Object> request) {
        return json(
                post(OPERATOR, "/actuator/jolokia", JSON.valueToTree(request).toString()));
    }

    HttpResponse<String> get(String key, String path) {
        return send(request(key, path).GET());
    }

    HttpResponse<String> post(String key, String path, String body) {
        return send(
                request(key, path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String key, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(response.statusCode() + " " + response.body(), e);
        }
    }
}
