package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.CaravanApplication;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.S3Request;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Two nodes on one database deliver to the same destinations: credentials that are changed at one are used by both at once. */
class EditedCredentialsIT extends FaultScenario {

    private static final String BUCKET = "edited";

    private static final List<String> SHARED = List.of(
            "spring.datasource.url",
            "spring.datasource.username",
            "spring.datasource.password",
            "spring.flyway.url",
            "spring.flyway.user",
            "spring.flyway.password",
            "spring.profiles.active",
            "caravan.operator.key",
            "caravan.operator.password",
            "caravan.source.profiles",
            "caravan.export.quiet",
            "caravan.export.repeat",
            "caravan.export.sweep",
            "caravan.work.poll");

    private static ConfigurableApplicationContext second;

    private final Set<String> tokens = ConcurrentHashMap.newKeySet();

    @Autowired
    private CamelContext camel;

    @Autowired
    private Environment settings;

    private CamelContext otherCamel;
    private S3Server store;
    private HapiServer hapi;
    private SourceSimulator source;
    private String connection;
    private int changes;

    @BeforeEach
    void twoNodes() throws Exception {
        otherCamel = second().getBean(CamelContext.class);
        store = S3Server.start();
        store.createBucket(BUCKET);
        hapi = HapiServer.start();
        hapi.requireToken(tokens::contains);
        source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
        connection = pull(source, PATIENT).path("connection_id").asText();
    }

    @AfterEach
    void stopServers() throws Exception {
        camel.getRouteController().resumeRoute("claim-items");
        otherCamel.getRouteController().resumeRoute("claim-items");
        source.close();
        store.close();
        hapi.close();
    }

    @AfterAll
    static void stopOtherNode() {
        second.close();
        second = null;
    }

    private ConfigurableApplicationContext second() {
        if (second == null) {
            String dataDir = settings.getRequiredProperty("caravan.data-dir");
            Stream<String> own = Stream.of(
                    "--server.port=0",
                    "--spring.quartz.properties.org.quartz.scheduler.instanceName=second",
                    "--caravan.destination.sweep=200ms",
                    "--caravan.keyset=" + dataDir + "/keyset.json",
                    "--caravan.data-dir=" + dataDir + "-second");
            Stream<String> shared =
                    SHARED.stream().map(name -> "--%s=%s".formatted(name, settings.getRequiredProperty(name)));
            second = new SpringApplicationBuilder(CaravanApplication.class)
                    .run(Stream.concat(own, shared).toArray(String[]::new));
        }
        return second;
    }

    @Test
    void both_nodes_use_the_new_credentials_from_their_next_request_on_and_close_the_old_clients() throws Exception {
        tokens.add("the-first-token");
        String lake = caravan.newDestination(caravan.bucket("Lake", store, BUCKET, "out"))
                .ok()
                .path("id")
                .asText();
        String clinic = newClinic("the-first-token");
        succeeded(lake, 1);
        succeeded(clinic, 1);
        deliverBy(camel, otherCamel, lake, clinic, 2);
        deliverBy(otherCamel, camel, lake, clinic, 3);
        Set<String> old = new TreeSet<>();
        for (CamelContext node : List.of(camel, otherCamel)) {
            for (String destination : List.of(lake, clinic)) {
                assertThat(clients(node, destination)).hasSize(1);
                old.addAll(clients(node, destination));
            }
            assertThat(openClients(node)).isGreaterThanOrEqualTo(2);
        }
        int before = openClients(otherCamel);

        store.changeKey("another", "another-secret");
        tokens.clear();
        tokens.add("the-second-token");
        change(lake, Map.of("access_key", "another", "secret", "another-secret"));
        change(clinic, Map.of("auth", "bearer", "token", "the-second-token"));
        store.forgetRequests();
        hapi.forgetRequests();

        for (String destination : List.of(lake, clinic)) {
            assertThat(clients(camel, destination))
                    .as("closed where it was changed")
                    .isEmpty();
        }
        Awaitility.await("closed by the node that nobody told")
                .untilAsserted(() -> assertThat(openClients(otherCamel)).isEqualTo(before - 2));
        deliverBy(otherCamel, camel, lake, clinic, 4);
        deliverBy(camel, otherCamel, lake, clinic, 5);

        assertThat(store.requests()).hasSizeGreaterThan(4).noneMatch(request -> request.status() == 403);
        assertThat(store.requests(S3Request::isPut)).hasSize(4);
        assertThat(hapi.bundles()).hasSize(2).allMatch(bundle -> bundle.status() == 200);
        for (CamelContext node : List.of(camel, otherCamel)) {
            assertThat(node.getEndpoints()).noneMatch(e -> old.stream().anyMatch(e.getEndpointUri()::contains));
            assertThat(node.getRegistry().findByTypeWithName(Object.class))
                    .doesNotContainKeys(old.toArray(String[]::new));
        }
    }

    @Test
    void what_is_under_way_goes_on_with_the_new_credentials_and_no_run_fails() {
        tokens.add("the-first-token");
        String clinic = newClinic("the-first-token");
        succeeded(clinic, 1);
        hapi.forgetRequests();
        // Its credentials are replaced while a bundle is on the wire, and the old ones are refused from then on.
        hapi.fail(FhirRequest::bundle, heldAndRefused(), 1);
        changeSource(3);
        Awaitility.await("a bundle on the wire").until(() -> hapi.met() > 0);

        tokens.add("the-second-token");
        change(clinic, Map.of("auth", "bearer", "token", "the-second-token"));
        tokens.remove("the-first-token");
        hapi.release();

        JsonNode run = succeeded(clinic, 2);
        assertThat(run.at("/resources/delivered").asInt()).isEqualTo(3);
        List<FhirRequest> refused =
                hapi.bundles().stream().filter(bundle -> bundle.status() == 401).toList();
        assertThat(refused).as("the one on the wire").hasSize(1);
        assertThat(hapi.bundles().stream()
                        .filter(bundle -> bundle.entries().equals(refused.get(0).entries())))
                .as("and it was sent again")
                .hasSize(2);
    }

    @Test
    void a_bundle_after_the_change_has_the_new_token_although_its_item_began_before() {
        tokens.add("the-first-token");
        String clinic = newClinic("the-first-token");
        succeeded(clinic, 1);
        hapi.forgetRequests();
        hapi.fail(FhirRequest::bundle, FhirFault.stall(), 1);
        changeSource(3);
        Awaitility.await("a bundle on the wire").until(() -> hapi.met() > 0);

        tokens.add("the-second-token");
        change(clinic, Map.of("auth", "bearer", "token", "the-second-token"));
        tokens.remove("the-first-token");
        hapi.release();

        succeeded(clinic, 2);
        assertThat(hapi.bundles().stream()
                        .filter(bundle -> bundle.entries().get(0).startsWith("Condition")))
                .hasSize(3)
                .allMatch(bundle -> bundle.status() == 200);
        assertThat(clients(camel, clinic).size() + clients(otherCamel, clinic).size())
                .isEqualTo(1);
    }

    private static FhirFault heldAndRefused() {
        return (request, response, server, over) -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            FhirFault.outcome(401, "this token was replaced").answer(request, response, server, over);
        };
    }

    /** Each bundle has one resource. */
    private String newClinic(String token) {
        Map<String, Object> body =
                new HashMap<>(caravan.fhirServer("Clinic", hapi.baseUrl(), Map.of("bundle_entries", 1)));
        body.put("credentials", Map.of("auth", "bearer", "token", token));
        return caravan.newDestination(body).ok().path("id").asText();
    }

    private void change(String destination, Map<String, String> credentials) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("credentials", credentials))
                .ok();
    }

    /** The next run of each is this node's alone. */
    private void deliverBy(CamelContext node, CamelContext not, String lake, String clinic, int runs) throws Exception {
        not.getRouteController().suspendRoute("claim-items");
        node.getRouteController().resumeRoute("claim-items");
        changeSource(1);
        for (String destination : List.of(lake, clinic)) {
            JsonNode run = succeeded(destination, runs);
            assertThat(run.at("/resources/delivered").asInt()).isEqualTo(1);
            assertThat(caravan.items(run.path("id").asText()))
                    .allSatisfy(
                            item -> assertThat(item.path("attempts").asInt()).isEqualTo(1));
        }
    }

    private void changeSource(int records) {
        for (int i = 0; i < records; i++) {
            source.put("{\"resourceType\":\"Condition\",\"id\":\"c%d\",\"subject\":{\"reference\":\"Patient/p1\"}}"
                    .formatted(++changes));
        }
        statusIs(caravan.awaitPull(caravan.pullNow(connection)), "completed");
    }

    private JsonNode succeeded(String destination, int runs) {
        JsonNode run = caravan.awaitRuns(destination, runs).get(0);
        statusIs(run, "succeeded");
        return run;
    }

    private static Set<String> clients(CamelContext node, String destination) {
        Set<String> names = new TreeSet<>();
        node.getRegistry().findByTypeWithName(Object.class).keySet().stream()
                .filter(name -> name.contains(destination))
                .forEach(names::add);
        return names;
    }

    private static int openClients(CamelContext node) throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName count = new ObjectName(
                "org.apache.camel:context=%s,type=services,name=ClientCount*".formatted(node.getManagementName()));
        Set<ObjectName> found = beans.queryNames(count, null);
        assertThat(found).hasSize(1);
        return (int) beans.getAttribute(found.iterator().next(), "OpenClients");
    }
}
