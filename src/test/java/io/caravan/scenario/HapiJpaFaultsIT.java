package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRelay;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiJpaServer;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong before and in HAPI FHIR's JPA server: each time all that can be delivered is, once it can be. */
@EnabledIfSystemProperty(named = HapiJpaScenario.JAR, matches = ".+")
class HapiJpaFaultsIT extends HapiJpaScenario {

    private static final int RESOURCES = 41;

    @TempDir
    private static Path folder;

    private static HapiJpaServer hapi;
    private static FhirRelay relay;

    /** Ids are the organization's own: the tests share the server. */
    private String key;

    @BeforeAll
    static void start() {
        hapi = startServer(folder);
        relay = FhirRelay.before(hapi.baseUrl());
    }

    @AfterAll
    static void stop() {
        relay.close();
        hapi.close();
    }

    @BeforeEach
    void asNew() {
        relay.reset();
        key = caravan.org().substring(caravan.org().length() - 8).toLowerCase(java.util.Locale.ROOT) + "-";
    }

    // --- who may, and where

    @Test
    void a_wrong_token_refuses_the_save_and_one_withdrawn_later_ends_the_run_until_there_is_another() {
        relay.requireToken("first"::equals);
        JsonNode refused = problem(caravan.newDestination(bearer("wrong")), 422, "destination_test_failed");
        assertThat(steps(refused).get("capability").path("detail").asText()).contains("401");
        assertThat(refused.toString()).doesNotContain("wrong");

        try (SourceSimulator source = observations()) {
            String destination =
                    caravan.newDestination(bearer("first")).ok().path("id").asText();
            caravan.awaitRuns(destination, 1);
            relay.requireToken("second"::equals);
            pullEverybody(source);
            JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
            statusIs(failed, "failed");
            failedWith(failed, "destination_unauthorized");

            assertThat(caravan.patch(
                                    caravan.path("/destinations/" + destination),
                                    Map.of("credentials", token("second")))
                            .status())
                    .isEqualTo(200);
            statusIs(retry(failed), "succeeded");
            allAreThere(1);
        }
    }

    @Test
    void
            a_base_that_is_not_there_or_is_no_fhir_refuses_the_save_and_one_that_vanished_fails_the_run_until_it_is_back() {
        Map<String, Object> elsewhere = new HashMap<>(caravan.fhirServer("Clinic", relay.baseUrl(), Map.of()));
        elsewhere.put("settings", Map.of("base_url", relay.baseUrl() + "/elsewhere"));
        JsonNode missing = problem(caravan.newDestination(elsewhere), 422, "destination_test_failed");
        assertThat(steps(missing).get("capability").path("outcome").asText()).isEqualTo("failed");
        relay.fail(request -> request.path().equals("metadata"), FhirFault.page(), 1);
        JsonNode page = problem(
                caravan.newDestination(caravan.fhirServer("Clinic", relay.baseUrl(), Map.of())),
                422,
                "destination_test_failed");
        assertThat(steps(page).get("capability").path("detail").asText()).contains("no JSON");

        try (SourceSimulator source = observations()) {
            String destination = destination(relay, Map.of());
            caravan.awaitRuns(destination, 1);
            relay.fail(FhirRequest::bundle, FhirFault.status(404), 1);
            pullEverybody(source);
            JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
            statusIs(failed, "failed");
            failedWith(failed, "destination_not_found");

            statusIs(retry(failed), "succeeded");
            allAreThere(1);
        }
    }

    // --- what passes

    @Test
    void a_server_that_has_errors_twice_is_asked_again_and_the_run_succeeds() {
        JsonNode run = deliver(Map.of(), () -> relay.fail(carries("o017"), FhirFault.status(503), 2));

        statusIs(run, "succeeded");
        counts(run, RESOURCES, RESOURCES, 0, 0);
        assertThat(relay.bundles()).filteredOn(carries("o017")).hasSize(3);
        allAreThere(1);
    }

    @Test
    void an_answer_that_breaks_off_is_not_counted_and_its_bundle_is_repeated_to_no_harm() {
        tornOnce(FhirFault.answerTorn());
    }

    @Test
    void an_answer_of_which_half_is_missing_is_not_counted_and_its_bundle_is_repeated_to_no_harm() {
        tornOnce(FhirFault.answerHalved());
    }

    /** The server has done its work by then: it is asked the same again, byte for byte, and has nothing twice. */
    private void tornOnce(FhirFault torn) {
        JsonNode run = deliver(Map.of("bundle_entries", 10), () -> relay.fail(carries("o017"), torn, 1));

        statusIs(run, "succeeded");
        counts(run, RESOURCES, RESOURCES, 0, 0);
        List<FhirRequest> repeated =
                relay.bundles().stream().filter(carries("o017")).toList();
        assertThat(repeated).hasSize(2);
        assertThat(repeated.get(1).body()).isEqualTo(repeated.get(0).body());
        assertThat(sentNames(relay)).hasSize(RESOURCES + 10);
        assertThat(caravan.items(run.path("id").asText()))
                .filteredOn(item -> item.path("resource_type").asText().equals("Observation"))
                .singleElement()
                .satisfies(item -> assertThat(item.path("delivered").asInt()).isEqualTo(RESOURCES - 1));
        allAreThere(1);
    }

    @Test
    void a_bundle_that_is_too_long_for_what_stands_before_the_server_gets_smaller() {
        JsonNode run = deliver(
                Map.of(),
                () -> relay.fail(
                        request -> request.bundle() && request.body().length > 4_000,
                        FhirFault.status(413),
                        Integer.MAX_VALUE));

        statusIs(run, "succeeded");
        counts(run, RESOURCES, RESOURCES, 0, 0);
        allAreThere(1);
    }

    @Test
    void a_server_that_takes_25_entries_gets_them() {
        JsonNode run = deliver(
                Map.of(),
                () -> relay.fail(
                        request -> request.entries().size() > 25,
                        FhirFault.outcome(400, "Too many entries in the bundle: at most 25"),
                        Integer.MAX_VALUE));

        statusIs(run, "succeeded");
        counts(run, RESOURCES, RESOURCES, 0, 0);
        assertThat(relay.bundles()).filteredOn(bundle -> bundle.status() == 400).hasSize(1);
        allAreThere(1);
    }

    @Test
    void a_server_that_asks_to_be_left_alone_is() {
        JsonNode run =
                deliver(Map.of("bundle_entries", 5), () -> relay.fail(carries("o017"), FhirFault.throttled(429, 2), 1));

        statusIs(run, "succeeded");
        counts(run, RESOURCES, RESOURCES, 0, 0);
        List<FhirRequest> bundles = relay.bundles();
        FhirRequest refused = bundles.stream()
                .filter(bundle -> bundle.status() == 429)
                .findFirst()
                .orElseThrow();
        Instant until = refused.at().plusSeconds(2);
        assertThat(bundles).anySatisfy(bundle -> assertThat(bundle.at()).isAfterOrEqualTo(until));
        assertThat(bundles).noneSatisfy(bundle -> assertThat(bundle.at()).isStrictlyBetween(refused.at(), until));
        allAreThere(1);
    }

    // --- what one resource does to the others

    @Test
    void a_transaction_that_is_refused_for_one_entry_gets_smaller_down_to_it() {
        try (SourceSimulator source = observations()) {
            source.put(observation("o011", "bogus"));
            pullEverybody(source);
            JsonNode run = caravan.awaitRuns(destination(relay, Map.of("write_mode", "transaction")), 1)
                    .get(0);

            statusIs(run, "partial");
            counts(run, RESOURCES, RESOURCES - 1, 0, 1);
            assertThat(caravan.rejections(run.path("id").asText()))
                    .singleElement()
                    .satisfies(one -> assertThat(one.path("id").asText()).isEqualTo(key + "o011"));
        }
    }

    @Test
    void two_that_refer_to_each_other_go_together_and_what_hangs_on_them_follows() {
        Map<String, String> circle = new LinkedHashMap<>();
        circle.put("Patient", "\"active\":true");
        circle.put(
                "Encounter",
                ("\"status\":\"finished\",\"subject\":{\"reference\":\"Patient/KEYp\"},\"class\":{\"code\":\"AMB\"},"
                        + "\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/KEYp\"}}]"));
        circle.put(
                "Condition",
                "\"subject\":{\"reference\":\"Patient/KEYp\"},\"encounter\":{\"reference\":\"Encounter/KEYp\"}");
        circle.put(
                "Observation",
                "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/KEYp\"},"
                        + "\"encounter\":{\"reference\":\"Encounter/KEYp\"}");
        String[] resources = circle.entrySet().stream()
                .map(one -> "{\"resourceType\":\"%s\",\"id\":\"KEYp\",%s}".formatted(one.getKey(), one.getValue()))
                .map(json -> json.replace("KEY", key))
                .toArray(String[]::new);
        try (SourceSimulator source = SourceSimulator.of(resources)) {
            pullEverybody(source);
            JsonNode run = caravan.awaitRuns(destination(relay, Map.of()), 1).get(0);

            statusIs(run, "succeeded");
            counts(run, 4, 4, 0, 0);
            assertThat(relay.bundles())
                    .filteredOn(bundle -> bundle.json().path("type").asText().equals("transaction"))
                    .singleElement()
                    .satisfies(together -> assertThat(together.entries())
                            .containsExactlyInAnyOrder("Encounter/" + key + "p", "Condition/" + key + "p"));
            circle.keySet()
                    .forEach(type -> assertThat(ask(hapi, "GET", type + "/" + key + "p", null)
                                    .statusCode())
                            .isEqualTo(200));
        }
    }

    // --- the source and the server

    private JsonNode deliver(Map<String, Object> settings, Runnable spoil) {
        try (SourceSimulator source = observations()) {
            pullEverybody(source);
            spoil.run();
            return caravan.awaitRuns(destination(relay, settings), 1).get(0);
        }
    }

    private SourceSimulator observations() {
        SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"%sp\"}".formatted(key));
        for (int i = 1; i < RESOURCES; i++) {
            source.put(observation("o%03d".formatted(i), "final"));
        }
        return source;
    }

    private String observation(String id, String status) {
        return "{\"resourceType\":\"Observation\",\"id\":\"%s%s\",\"status\":\"%s\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/%sp\"}}"
                .formatted(key, id, status, key);
    }

    private Predicate<FhirRequest> carries(String id) {
        return request -> request.bundle() && request.entries().contains("Observation/" + key + id);
    }

    /** Each as HAPI has it, in this version. */
    private void allAreThere(int version) {
        for (int i = 1; i < RESOURCES; i++) {
            String name = "Observation/%so%03d".formatted(key, i);
            String held = new String(ask(hapi, "GET", name, null).body(), StandardCharsets.UTF_8);
            assertThat(held).as(name).contains("\"versionId\":\"%d\"".formatted(version), "\"final\"");
        }
    }

    private Map<String, Object> bearer(String token) {
        Map<String, Object> body = new HashMap<>(caravan.fhirServer("Clinic", relay.baseUrl(), Map.of()));
        body.put("credentials", token(token));
        return body;
    }

    private static Map<String, String> token(String token) {
        return Map.of("auth", "bearer", "token", token);
    }
}
