package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class SourceSimulatorTest extends SourceCase {

    private static final String EXACT =
            "{ \"resourceType\":\"Observation\", \"subject\":{\"reference\":\"Patient/ann\"},"
                    + "\"id\":\"o0\",\"v\":1.00,\"w\":1e2,\"x\":[],\"y\":\"\\u00fc\\/\" }";

    @Test
    void walking_all_pages_of_all_patients_finds_every_resource_once() throws Exception {
        source = SourceSimulator.synthea();
        JsonNode capability = json(get("/metadata"));
        Set<String> found = new HashSet<>();
        Set<String> referenced = new TreeSet<>();
        for (String patient : source.patients()) {
            collect(get("/Patient/" + patient).body(), "Patient/" + patient, found, referenced);
            for (String type : searchable(capability)) {
                walk("/" + type + "?patient=" + patient + "&_count=75", found, referenced);
            }
        }
        for (String reference : referenced) {
            if (reference.matches("(Organization|Practitioner|Location|Medication)/.*")) {
                collect(get("/" + reference).body(), reference, found, new TreeSet<>());
            }
        }

        assertThat(source.patients()).hasSize(16);
        assertThat(found).hasSize(8_392).hasSize(source.size());
        assertThat(source.requests()).allMatch(request -> request.status() == 200);
        assertThat(source.sizeOf(source.patients().get(0))).isPositive();
    }

    @Test
    void the_capability_statement_names_what_can_be_read_and_searched() throws Exception {
        source = SourceSimulator.builder().synthea().software("Portal").start();

        JsonNode capability = json(get("/metadata"));

        assertThat(capability.at("/software/name").textValue()).isEqualTo("Portal");
        assertThat(capability.at("/fhirVersion").textValue()).isEqualTo("4.0.1");
        assertThat(capability.at("/rest/0/resource")).hasSize(22);
        assertThat(searchable(capability))
                .hasSize(17)
                .contains("Observation", "Provenance", "SupplyDelivery")
                .doesNotContain("Patient", "Organization", "Practitioner", "Location", "Medication");
    }

    @Test
    void resources_are_served_byte_for_byte() throws Exception {
        source = SourceSimulator.of(ANN, EXACT);

        assertThat(get("/Observation/o0").body()).isEqualTo(EXACT);
        assertThat(get("/Observation?patient=ann").body()).contains("\"resource\":" + EXACT + ",\"search\"");
        assertThat(source.json("Observation", "o0")).isEqualTo(EXACT);
        source.prettyPages(true);
        String pretty = get("/Observation?subject=Patient/ann").body();
        assertThat(pretty).contains("\"resource\":\n        " + EXACT + "\n");
        assertThat(json(pretty).at("/entry/0/fullUrl").textValue()).isEqualTo(source.baseUrl() + "/Observation/o0");
    }

    @Test
    void a_next_link_works_only_as_it_was_given() throws Exception {
        observations(5);

        JsonNode first = json(get("/Observation?patient=ann&_count=2"));
        String next = next(first);

        assertThat(first.at("/total").intValue()).isEqualTo(5);
        assertThat(first.at("/link/0/url").textValue())
                .isEqualTo(source.baseUrl() + "/Observation?patient=ann&_count=2");
        assertThat(ids(json(get(URI.create(next))))).containsExactly("o2", "o3");
        assertThat(get(URI.create(next.replace("%3d", "%3D"))).statusCode()).isEqualTo(410);
        assertThat(get(URI.create(next.replace("+", "%20"))).statusCode()).isEqualTo(410);
        assertThat(get(URI.create(next.replace("/Observation", "/Condition"))).statusCode())
                .isEqualTo(404);
        source.expirePages();
        assertThat(get(URI.create(next)).statusCode()).isEqualTo(410);
    }

    @Test
    void a_search_begun_does_not_see_later_changes() throws Exception {
        observations(3);
        String next = next(json(get("/Observation?patient=ann&_count=2")));

        source.put(observation(9));
        assertThat(source.remove("Observation", "o0")).isTrue();
        assertThat(source.remove("Observation", "o0")).isFalse();
        source.put(observation(1).replace("Patient/ann", "Patient/bob"));

        assertThat(ids(json(get(URI.create(next))))).containsExactly("o2");
        assertThat(ids(json(get("/Observation?patient=ann")))).containsExactly("o2", "o9");
        assertThat(ids(json(get("/Observation?patient=bob")))).containsExactly("o1");
        assertThat(get("/Observation/o0").statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_not_offered_is_refused_with_an_outcome() throws Exception {
        observations(1);

        assertThat(List.of(
                        get("/Patient/bob"),
                        get("/Nothing?patient=ann"),
                        get("/Observation"),
                        get("/Patient?patient=ann")))
                .extracting(HttpResponse::statusCode)
                .containsExactly(404, 404, 400, 400);
        assertThat(get("/Observation?patient=ann&_count=0").statusCode()).isEqualTo(400);
        assertThat(json(get("/Patient/bob")).at("/resourceType").textValue()).isEqualTo("OperationOutcome");
        assertThat(json(get("/Observation?patient=bob")).has("entry")).isFalse();
    }

    @Test
    void a_token_is_asked_for_and_written_down() throws Exception {
        observations(1);
        source.requireToken("secret");

        assertThat(get("/metadata").statusCode()).isEqualTo(200);
        assertThat(get("/Patient/ann").statusCode()).isEqualTo(401);
        HttpRequest withToken = HttpRequest.newBuilder(uri("/Patient/ann"))
                .header("authorization", "Bearer secret")
                .build();
        assertThat(http.send(withToken, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

        assertThat(source.requests(request -> request.isRead("Patient", "ann")))
                .extracting(
                        SourceRequest::nth,
                        SourceRequest::status,
                        request -> request.authorization().orElse(""))
                .containsExactly(tuple(1, 401, ""), tuple(2, 200, "Bearer secret"));
        source.requireNoToken();
        assertThat(get("/Patient/ann").statusCode()).isEqualTo(200);
        source.forgetRequests();
        assertThat(source.requests()).isEmpty();
    }

    @Test
    void answers_fail_as_told_and_as_often() throws Exception {
        observations(1);
        FaultHandle refused = source.fail(request -> request.isSearch("Observation"))
                .with(Fault.status(403, "scope not granted"))
                .skip(1)
                .times(2);

        assertThat(statuses("/Observation?patient=ann", 4)).containsExactly(200, 403, 403, 200);
        assertThat(refused.hits()).isEqualTo(2);
        assertThat(source.count(request -> request.status() == 403)).isEqualTo(2);

        source.fail(request -> request.isRead("Patient") && request.nth() == 2).with(Fault.html());
        assertThat(get("/Patient/ann").body()).isEqualTo(ANN);
        assertThat(get("/Patient/ann").headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");

        source.fail(SourceRequest::isMetadata).with(Fault.capabilityMissing());
        assertThat(get("/metadata").statusCode()).isEqualTo(404);

        source.fail(SourceRequest::isSearch).with(Fault.retryAfter(7));
        HttpResponse<String> busy = get("/Observation?patient=ann");
        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.headers().firstValue("Retry-After")).contains("7");

        source.clearFaults();
        assertThat(statuses("/metadata", 1)).containsExactly(200);
    }

    @Test
    void chance_follows_the_seed() throws Exception {
        List<List<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            if (source != null) {
                source.close();
            }
            observations(1);
            source.fail(SourceRequest::isRead).with(Fault.status(500)).chance(0.5);
            runs.add(statuses("/Patient/ann", 20));
        }

        assertThat(runs.get(0)).contains(200, 500).isEqualTo(runs.get(1));
    }

    @Test
    void pages_are_distorted_as_told() throws Exception {
        observations(3);
        source.put(observation(7).replace("Patient/ann", "Patient/bob"));
        String search = "/Observation?patient=ann&_count=2";

        FaultHandle fault = source.fail(SourceRequest::isSearch).with(Fault.everybodysRecords());
        assertThat(json(get(search)).at("/total").intValue()).isEqualTo(4);
        fault.clear();

        fault = source.fail(SourceRequest::isSearch).with(Fault.loopingNext());
        assertThat(next(json(get(search)))).isEqualTo(source.baseUrl() + search);
        fault.clear();

        fault = source.fail(SourceRequest::isSearch).with(Fault.foreignNext("http://evil.example/next"));
        assertThat(next(json(get(search)))).isEqualTo("http://evil.example/next");
        fault.clear();

        fault = source.fail(SourceRequest::isSearch).with(Fault.relativeNext());
        assertThat(next(json(get(search)))).startsWith("/fhir/Observation?_getpages=a%2Cb%7C");
        fault.clear();

        fault = source.fail(SourceRequest::isSearch).with(Fault.outcomeEntry("4119", "may be incomplete"));
        JsonNode warned = json(get(search));
        assertThat(warned.at("/entry/2/search/mode").textValue()).isEqualTo("outcome");
        assertThat(warned.at("/entry/2/resource/issue/0/details/coding/0/code").textValue())
                .isEqualTo("4119");
        fault.clear();

        source.put(EXACT);
        source.fail(SourceRequest::isSearch).with(Fault.subsetted());
        HttpResponse<String> subsetted = get(search);
        assertThat(json(subsetted).at("/entry/0/resource/meta/tag/0/code").textValue())
                .isEqualTo("SUBSETTED");
        assertThat(subsetted.body()).contains("\"v\":1.00");
    }

    @Test
    void bodies_and_connections_break_off() {
        observations(1);
        FaultHandle truncated = source.fail(SourceRequest::isSearch).with(Fault.truncatedBody());
        assertThatThrownBy(() -> get("/Observation?patient=ann")).isInstanceOf(IOException.class);
        assertThat(truncated.hits()).isPositive();

        source.fail(SourceRequest::isRead).with(Fault.resetConnection());
        assertThatThrownBy(() -> get("/Patient/ann")).isInstanceOf(IOException.class);
        assertThat(source.requests(SourceRequest::isRead)).isNotEmpty().allMatch(request -> request.status() == 0);
    }

    @Test
    void a_stalled_request_waits_for_its_release() {
        observations(1);
        FaultHandle stalled = source.fail(request -> request.isRead("Patient")).with(Fault.stall());
        CompletableFuture<HttpResponse<String>> answer = getAsync("/Patient/ann");
        await().until(() -> stalled.held() == 1);

        assertThat(source.requests())
                .singleElement()
                .extracting(SourceRequest::status)
                .isEqualTo(0);
        assertThat(answer).isNotDone();

        source.release();
        assertThat(answer.join().body()).isEqualTo(ANN);
        assertThat(source.requests())
                .singleElement()
                .extracting(SourceRequest::status)
                .isEqualTo(200);
    }

    @Test
    void stalls_end_and_latencies_pass() throws Exception {
        observations(1);
        source.fail(SourceRequest::isRead).with(Fault.stall(Duration.ofMillis(20)));
        source.fail(SourceRequest::isRead).with(Fault.latency(Duration.ofMillis(20)));

        long from = System.nanoTime();
        assertThat(get("/Patient/ann").body()).isEqualTo(ANN);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
    }

    @Test
    void closing_does_not_wait_for_what_is_held() {
        observations(1);
        FaultHandle stalled = source.fail(SourceRequest::isRead).with(Fault.latency(Duration.ofHours(1)));
        CompletableFuture<HttpResponse<String>> answer = getAsync("/Patient/ann");
        await().until(() -> stalled.held() == 1);

        source.close();

        await().until(answer::isDone);
    }

    @Test
    void the_most_requests_at_once_are_known() {
        observations(1);
        FaultHandle stalled = source.fail(SourceRequest::isRead).with(Fault.stall());
        List<CompletableFuture<HttpResponse<String>>> answers =
                IntStream.range(0, 3).mapToObj(i -> getAsync("/Patient/ann")).toList();
        await().until(() -> stalled.held() == 3);
        stalled.release();
        answers.forEach(CompletableFuture::join);

        assertThat(source.mostAtOnce()).isEqualTo(3);
    }

    private void walk(String search, Set<String> found, Set<String> referenced) throws Exception {
        String url = source.baseUrl() + search;
        while (!url.isEmpty()) {
            JsonNode page = json(get(URI.create(url)));
            for (JsonNode entry : page.path("entry")) {
                JsonNode resource = entry.path("resource");
                String name = resource.path("resourceType").textValue() + "/"
                        + resource.path("id").textValue();
                collect(resource.toString(), name, found, referenced);
            }
            url = next(page);
        }
    }

    private static void collect(String body, String name, Set<String> found, Set<String> referenced) {
        assertThat(found.add(name)).as(name).isTrue();
        Matcher references =
                Pattern.compile("\"reference\":\\s*\"([A-Za-z]+/[^\"]+)\"").matcher(body);
        while (references.find()) {
            referenced.add(references.group(1));
        }
    }

    private static List<String> searchable(JsonNode capability) {
        return StreamSupport.stream(capability.at("/rest/0/resource").spliterator(), false)
                .filter(resource -> resource.has("searchParam"))
                .map(resource -> resource.path("type").textValue())
                .toList();
    }
}
