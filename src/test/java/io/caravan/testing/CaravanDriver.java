package io.caravan.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** Drives Caravan over its public API, in the words of its domain; tests and the demo say what they want through it. */
public final class CaravanDriver {

    /** What the API answered. */
    public record Answer(int status, Map<String, List<String>> headers, String text) {

        public JsonNode json() {
            return parse(text);
        }

        /** The body of an answer that has to be a success. */
        public JsonNode ok() {
            if (status < 200 || status > 299) {
                throw new AssertionError("The API answered " + status + ": " + text);
            }
            return json();
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ENDED = List.of("completed", "partial", "failed", "cancelled", "succeeded");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI base;
    private final String key;
    private final Duration patience;
    private Consumer<Answer> listener = answer -> {};
    private String org;

    public CaravanDriver(URI base, String key, Duration patience) {
        this.base = base;
        this.key = key;
        this.patience = patience;
    }

    /** From now on every answer that this driver gets is shown to the listener too. */
    public void onAnswer(Consumer<Answer> newListener) {
        listener = newListener;
    }

    /** The same organization, seen by another caller. */
    public CaravanDriver with(String otherKey) {
        CaravanDriver other = new CaravanDriver(base, otherKey, patience);
        other.org = org;
        return other;
    }

    /** The same Caravan, seen by another organization. */
    public CaravanDriver as(String organization) {
        CaravanDriver other = new CaravanDriver(base, key, patience);
        other.org = organization;
        return other;
    }

    /** The organization made at first start. */
    public String org() {
        if (org == null) {
            for (JsonNode o : get("/api/v1/organizations").ok().path("data")) {
                org = o.path("name").asText().equals("default") ? o.path("id").asText() : org;
            }
        }
        return org;
    }

    public String newOrganization(String name) {
        return post("/api/v1/organizations", Map.of("name", name))
                .ok()
                .path("id")
                .asText();
    }

    public JsonNode newSource(String name, URI fhirBaseUrl) {
        return post(path("/sources"), Map.of("name", name, "fhir_base_url", fhirBaseUrl.toString()))
                .ok();
    }

    /** A source that is asked as this vendor profile says. */
    public JsonNode newSource(String name, URI fhirBaseUrl, String profile) {
        return post(path("/sources"), Map.of("name", name, "fhir_base_url", fhirBaseUrl.toString(), "profile", profile))
                .ok();
    }

    /** An open source needs no token: null. */
    public Answer connect(String sourceId, String patientId, String token) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("source_id", sourceId);
        body.put("patient_id", patientId);
        body.put("scope", "patient/*.read");
        body.put("credentials", token == null ? Map.of() : Map.of("access_token", token));
        return post(path("/connections"), body);
    }

    public Map<String, Object> bucket(String name, S3Server s3, String bucket, String prefix) {
        return Map.of(
                "name",
                name,
                "type",
                "object_storage",
                "settings",
                Map.of(
                        "cloud_vendor",
                        "s3_compatible",
                        "endpoint",
                        s3.endpoint().toString(),
                        "region",
                        s3.region(),
                        "bucket",
                        bucket,
                        "prefix",
                        prefix,
                        "file_type",
                        "ndjson"),
                "credentials",
                Map.of("access_key", s3.accessKey(), "secret", s3.secret()));
    }

    /** Those of a destination as it is sent. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> settings(Map<String, Object> destination) {
        return (Map<String, Object>) destination.get("settings");
    }

    /** An open FHIR server; {@code settings} besides its base URL. */
    public Map<String, Object> fhirServer(String name, URI baseUrl, Map<String, Object> settings) {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.put("base_url", baseUrl.toString());
        return Map.of("name", name, "type", "fhir", "settings", all, "credentials", Map.of("auth", "none"));
    }

    public Answer newDestination(Map<String, Object> body) {
        return post(path("/destinations"), body);
    }

    public String pullNow(String connectionId) {
        return post(path("/connections/" + connectionId + "/pulls"), Map.of())
                .ok()
                .path("id")
                .asText();
    }

    public JsonNode pull(String id) {
        return get(path("/pulls/" + id)).ok();
    }

    public JsonNode run(String id) {
        return get(path("/runs/" + id)).ok();
    }

    public List<JsonNode> runs(String destinationId) {
        return all("/runs?destination_id=" + destinationId);
    }

    public List<JsonNode> items(String runId) {
        return all("/runs/" + runId + "/items?");
    }

    public List<JsonNode> rejections(String runId) {
        return all("/runs/" + runId + "/rejections?");
    }

    public List<JsonNode> tasks(String pullId) {
        return all("/pulls/" + pullId + "/tasks?");
    }

    /** The pull once it has ended, however it did. */
    public JsonNode awaitPull(String id) {
        return await("pull " + id, () -> pull(id));
    }

    /** The run once it has ended, however it did. */
    public JsonNode awaitRun(String id) {
        return await("run " + id, () -> run(id));
    }

    /** All runs of the destination once none is queued or under way and it has at least that many; newest first. */
    public List<JsonNode> awaitRuns(String destinationId, int atLeast) {
        return Awaitility.await("runs of " + destinationId)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> runs(destinationId),
                        found -> found.size() >= atLeast
                                && found.stream()
                                        .allMatch(r ->
                                                ENDED.contains(r.path("status").asText())));
    }

    private JsonNode await(String what, java.util.concurrent.Callable<JsonNode> look) {
        return Awaitility.await(what)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(50))
                .until(look, found -> ENDED.contains(found.path("status").asText()));
    }

    /** Every page of a list. */
    public List<JsonNode> all(String path) {
        List<JsonNode> found = new ArrayList<>();
        String separator = path.contains("?") ? "&" : "?";
        String cursor = "";
        while (cursor != null) {
            JsonNode page = get(path(path) + separator + "limit=200" + cursor).ok();
            page.path("data").forEach(found::add);
            cursor = page.path("next_cursor").isTextual()
                    ? "&cursor=" + page.path("next_cursor").asText()
                    : null;
        }
        return found;
    }

    public String path(String inOrganization) {
        return "/api/v1/organizations/" + org() + inOrganization;
    }

    public Answer get(String path) {
        return send("GET", path, null, "application/json");
    }

    /** As callers are told to: with an Idempotency-Key. */
    public Answer post(String path, Object body) {
        return send(
                "POST",
                path,
                write(body),
                "application/json",
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    public Answer patch(String path, Object body) {
        return send("PATCH", path, write(body), "application/json");
    }

    public Answer delete(String path) {
        return send("DELETE", path, null, "application/json");
    }

    /** Any request, for those that are meant to be wrong. */
    public Answer send(String method, String path, String body, String contentType, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", contentType);
        }
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Answer heard = new Answer(answer.statusCode(), answer.headers().map(), answer.body());
            listener.accept(heard);
            return heard;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String write(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }
}
