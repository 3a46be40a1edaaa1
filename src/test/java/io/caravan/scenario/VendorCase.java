package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;

/** What scenarios about a vendor's servers have in common: a small source under the vendor's name, and what it was asked. */
abstract class VendorCase extends FaultScenario {

    static final String EPIC = "Epic";
    static final String CERNER = "Oracle Health Millennium";
    static final String HAPI = "HAPI FHIR Server";
    private static final Pattern LAST_UPDATED = Pattern.compile("_lastUpdated=ge([^&]+)");

    SourceSimulator source;

    @AfterEach
    void stopSource() {
        source.close();
    }

    static SourceSimulator manyPages(String software) {
        SourceSimulator many = smallSource(software);
        for (int i = 0; i < 250; i++) {
            many.put(record("Procedure", "more" + i, PATIENT));
        }
        return many;
    }

    JsonNode pullAs(SourceSimulator from, String patient, String profile) {
        return pullAs(from, patient, profile, null);
    }

    JsonNode pullAs(SourceSimulator from, String patient, String profile, String token) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", "General");
        body.put("fhir_base_url", from.baseUrl().toString());
        body.put("profile", profile);
        String registered =
                caravan.post(caravan.path("/sources"), body).ok().path("id").asText();
        return caravan.awaitPull(caravan.connect(registered, patient, token)
                .ok()
                .at("/latest_pull/id")
                .asText());
    }

    JsonNode pullAgain(JsonNode pull) {
        return caravan.awaitPull(caravan.pullNow(pull.path("connection_id").asText()));
    }

    List<JsonNode> tasks(JsonNode pull, String type) {
        return caravan.tasks(pull.path("id").asText()).stream()
                .filter(task -> task.path("resource_type").asText().equals(type))
                .toList();
    }

    List<String> warningCodes(JsonNode pull, String type) {
        return database.sql("""
                        SELECT w ->> 'code' FROM pull_task, jsonb_array_elements(warnings) w
                         WHERE org_id = :org AND pull_id = :pull AND resource_type = :type""")
                .param("org", caravan.org())
                .param("pull", pull.path("id").asText())
                .param("type", type)
                .query(String.class)
                .list();
    }

    static Predicate<SourceRequest> query(String part) {
        return request -> request.rawQuery().contains(part);
    }

    static Predicate<SourceRequest> of(String type) {
        return request -> request.isSearch(type);
    }

    List<String> queries(String type) {
        return source.requests(of(type)).stream().map(SourceRequest::rawQuery).toList();
    }

    Set<String> accepts(Predicate<SourceRequest> which) {
        Set<String> accepts = new HashSet<>();
        source.requests(which)
                .forEach(request -> accepts.add(request.header("Accept").orElse("none")));
        return accepts;
    }

    static Instant since(String query) {
        Matcher matcher = LAST_UPDATED.matcher(query);
        assertThat(matcher.find()).as(query).isTrue();
        return Instant.parse(matcher.group(1));
    }
}
