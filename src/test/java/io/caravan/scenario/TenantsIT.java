package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** Two organizations, and every operation of the contract with the other's ids: not found, and nothing changed. */
class TenantsIT extends FaultScenario {

    private record Operation(String id, String method, String path) {

        boolean names(String variable) {
            return path.contains("{" + variable + "}");
        }

        boolean namesMoreThanTheOrganization() {
            return path.replace("{org}", "").contains("{");
        }
    }

    /** Ids of the other organization by the contract's names; {@code org} is its own. */
    private final Map<String, String> theirs = new HashMap<>();

    private CaravanDriver mine;
    private CaravanDriver manager;

    @BeforeEach
    void twoOrganizations() {
        theirs.put("org", caravan.org());
        try (SourceSimulator source = smallSource()) {
            JsonNode pull = pull(source, PATIENT);
            theirs.put("pull", pull.path("id").asText());
            theirs.put("source", pull.path("source_id").asText());
            theirs.put("connection", pull.path("connection_id").asText());
        }
        theirs.put("destination", newDestination(s3, "lake", "theirs"));
        theirs.put(
                "run",
                caravan.awaitRuns(theirs.get("destination"), 1)
                        .get(0)
                        .path("id")
                        .asText());
        theirs.put("key", newKey(caravan, "viewer").path("id").asText());
        mine = caravan.as(caravan.newOrganization("Mine"));
        manager = mine.with(newKey(mine, "manager").path("key").asText());
    }

    @Test
    void nothing_of_another_organization_is_found_below_its_own_paths() {
        nothingChanges(() -> {
            for (Operation operation : operations()) {
                if (operation.names("org")) {
                    problem(ask(manager, operation, theirs.get("org")), 404, "not_found");
                }
            }
        });
    }

    @Test
    void nothing_of_another_organization_is_found_below_ones_own_paths() {
        nothingChanges(() -> {
            int asked = 0;
            for (Operation operation : operations()) {
                if (operation.names("org") && operation.namesMoreThanTheOrganization()) {
                    for (CaravanDriver caller : List.of(manager, mine)) {
                        problem(ask(caller, operation, mine.org()), 404, "not_found");
                        asked++;
                    }
                }
            }
            assertThat(asked).isGreaterThan(30);
        });
    }

    @Test
    void the_ids_of_another_organization_are_not_found_in_bodies_and_find_nothing_in_filters() {
        nothingChanges(() -> {
            for (CaravanDriver caller : List.of(manager, mine)) {
                Operation connect = new Operation("connectPatient", "POST", "/organizations/{org}/connections");
                problem(ask(caller, connect, mine.org()), 404, "not_found");
                assertThat(caller.all("/runs?destination_id=" + theirs.get("destination")))
                        .isEmpty();
                assertThat(caller.all("/pulls?connection_id=" + theirs.get("connection")))
                        .isEmpty();
            }
        });
    }

    @Test
    void every_list_of_ones_own_is_empty_while_the_other_has_something() {
        for (String list : List.of("/sources", "/connections", "/pulls", "/destinations", "/runs")) {
            assertThat(caravan.all(list)).as(list).hasSize(1);
            assertThat(manager.all(list)).as(list).isEmpty();
        }
        assertThat(manager.all("/api-keys")).hasSize(1);
        String summary = manager.get(manager.path("/summary")).text();
        assertThat(theirs.values()).noneMatch(summary::contains);
    }

    @Test
    void the_receipt_of_another_organizations_erasure_is_not_found() {
        String erasure = "/connections/" + theirs.get("connection") + "/erasure";
        caravan.post(caravan.path("/connections/" + theirs.get("connection") + "/erase"), Map.of())
                .ok();
        Awaitility.await("gone for good")
                .until(() -> caravan.get(caravan.path(erasure))
                                .ok()
                                .at("/deletion/tombstones")
                                .asInt()
                        == 0);

        nothingChanges(() -> {
            for (CaravanDriver caller : List.of(manager, mine)) {
                problem(caller.get(caller.path(erasure)), 404, "not_found");
            }
            problem(manager.get(caravan.path(erasure)), 404, "not_found");
        });
    }

    @Test
    void what_is_the_operators_is_refused_to_a_manager() {
        nothingChanges(() -> {
            for (Operation operation : operations()) {
                if (operation.path().equals("/organizations")) {
                    problem(ask(manager, operation, mine.org()), 403, "forbidden");
                }
            }
            problem(manager.delete("/api/v1/organizations/" + mine.org()), 403, "forbidden");
        });
    }

    private CaravanDriver.Answer ask(CaravanDriver caller, Operation operation, String org) {
        String path = operation.path().replace("{org}", org);
        for (Map.Entry<String, String> id : theirs.entrySet()) {
            path = path.replace("{" + id.getKey() + "}", id.getValue());
        }
        assertThat(path).as("the test knows an id for every part of the path").doesNotContain("{");
        return switch (operation.method()) {
            case "GET" -> caller.get("/api/v1" + path);
            case "DELETE" -> caller.delete("/api/v1" + path);
            case "PATCH" -> caller.patch("/api/v1" + path, body(operation));
            case "POST" -> caller.post("/api/v1" + path, body(operation));
            default -> throw new AssertionError(operation.toString());
        };
    }

    /** One that would be accepted, were it not for the organization. */
    private Map<String, Object> body(Operation operation) {
        return switch (operation.id()) {
            case "connectPatient" -> Map.of("source_id", theirs.get("source"), "patient_id", "p2");
            case "reconnectPatient" -> Map.of("credentials", Map.of("access_token", "a"));
            case "createSource" -> Map.of("name", "a", "fhir_base_url", "http://127.0.0.1:1/fhir");
            case "createApiKey" -> Map.of("name", "a", "role", "viewer");
            case "createDestination", "testDestination" -> caravan.bucket("Mine", s3, "lake", "mine");
            case "changeSource", "createOrganization" -> Map.of("name", "a");
            case "changeDestination" -> Map.of("name", "a", "enabled", false);
            default -> Map.of();
        };
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : contract().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (!operation.getKey().equals("parameters")) {
                    operations.add(new Operation(
                            operation.getValue().path("operationId").asText(),
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey()));
                }
            }
        }
        assertThat(operations).hasSizeGreaterThan(30);
        return operations;
    }

    private static JsonNode contract() {
        try {
            return new YAMLMapper().readTree(new ClassPathResource("openapi/caravan.yaml").getInputStream());
        } catch (IOException e) {
            throw new AssertionError("The contract cannot be read", e);
        }
    }

    private static JsonNode newKey(CaravanDriver operator, String role) {
        return operator.post(operator.path("/api-keys"), Map.of("name", role, "role", role))
                .ok();
    }

    private void nothingChanges(Runnable asking) {
        Map<String, String> before = rows();
        assertThat(before).hasSizeGreaterThan(8);
        asking.run();
        assertThat(rows()).isEqualTo(before);
        assertThat(s3.keys("lake", "mine")).isEmpty();
    }

    /** A digest of what each table has of the two, and of all organizations there are. */
    private Map<String, String> rows() {
        Map<String, String> digests = new TreeMap<>();
        List<String> tables = database.sql("SELECT c.table_name FROM information_schema.columns c"
                        + " JOIN information_schema.tables t USING (table_schema, table_name)"
                        + " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
                        + " AND (c.column_name = 'org_id' OR c.table_name = 'organization') GROUP BY 1")
                .query(String.class)
                .list();
        for (String table : tables) {
            digests.put(
                    table,
                    database.sql(
                                    "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
                                            + " FROM " + table + " t"
                                            + (table.equals("organization") ? "" : " WHERE org_id IN (:mine, :theirs)"))
                            // That somebody tried is in the log of the organization in whose name it was tried.
                            .param("mine", table.equals("audit_entry") ? caravan.org() : mine.org())
                            .param("theirs", caravan.org())
                            .query(String.class)
                            .single());
        }
        return digests;
    }
}
