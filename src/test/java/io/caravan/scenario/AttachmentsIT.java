package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultyAttachments;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What records keep at their source as a Binary is fetched, each as a task of its own (sources.md, line 25). */
class AttachmentsIT extends AttachmentCase {

    private static final String AS_RECORD =
            "{\"resourceType\":\"Binary\",\"id\":\"%s\",\"contentType\":\"%s\",\"data\":\"%s\"}";

    @Test
    void line_25_bytes_become_a_fhir_binary_and_fhir_json_stays_as_it_is_and_both_are_delivered() {
        source.putBinary("note", "text/plain; charset=utf-8", PDF);
        source.putBinary("scan", "application/pdf", PDF);
        source.fail(r -> r.isRead("Binary", "scan")).with(FaultyAttachments.alwaysJson());
        source.put(document("d1", attachment("Binary/note", "text/plain")));
        source.put("{\"resourceType\":\"DiagnosticReport\",\"id\":\"r1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                + "\"presentedForm\":[%s]}"
                        .formatted(attachment(source.baseUrl() + "/Binary/scan", "application/pdf")));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(content("Binary", "note"))
                .isEqualTo(AS_RECORD.formatted("note", "text/plain; charset=utf-8", base64(PDF)));
        assertThat(content("Binary", "scan")).isEqualTo(AS_RECORD.formatted("scan", "application/pdf", base64(PDF)));
        assertThat(patientOf("Binary", "note")).isEqualTo(PATIENT);
        assertThat(attachmentTasks(pull))
                .allSatisfy(task -> {
                    statusIs(task, "done");
                    assertThat(task.path("resource_type").asText()).isEqualTo("Binary");
                    assertThat(task.at("/resources/new").asInt()).isEqualTo(1);
                })
                .extracting(task -> task.path("query").asText())
                .containsExactlyInAnyOrder("Binary/note", "Binary/scan");
        assertThat(binaries())
                .extracting(r -> r.header("Accept").orElse("none"))
                .containsOnly("none");

        String destination = newDestination(s3, "lake", "attached");
        String run = caravan.awaitRuns(destination, 1).get(0).path("id").asText();
        assertThat(s3.lines("lake", "attached/" + run + "/Binary-0001.ndjson"))
                .containsExactly(content("Binary", "note"), content("Binary", "scan"));
    }

    @Test
    void line_25_a_binary_is_fetched_once_for_each_version_of_what_names_it() {
        source.putBinary("a", "application/pdf", PDF);
        source.putBinary("b", "application/pdf", PDF);
        source.put(document("d1", attachment("Binary/a", "application/pdf")));
        source.put(
                document("d2", attachment("Binary/a", "application/pdf"), attachment("Binary/b", "application/pdf")));
        JsonNode first = pull(source, PATIENT);
        assertThat(ids(binaries())).containsExactlyInAnyOrder("a", "b");

        source.forgetRequests();
        JsonNode second = pullAgain(first);
        statusIs(second, "completed");
        assertThat(attachmentTasks(second)).isEmpty();
        assertThat(binaries()).isEmpty();

        source.putBinary("b", "application/pdf", "%PDF-2".getBytes(StandardCharsets.UTF_8));
        source.put(document("d2", attachment("Binary/b", "application/pdf"), "{\"contentType\":\"text/plain\"}"));
        JsonNode third = pullAgain(first);
        statusIs(third, "completed");
        assertThat(ids(binaries())).containsExactly("b");
        assertThat(attachmentTasks(third).get(0).at("/resources/changed").asInt())
                .isEqualTo(1);
        assertThat(stored("Binary")).containsExactly("Binary/a", "Binary/b");
    }

    @Test
    void line_25_and_11_an_attachment_of_another_server_is_never_asked_for() {
        try (SourceSimulator other = SourceSimulator.of()) {
            other.putBinary("a", "application/pdf", PDF);
            source.put(document("d1", attachment(other.baseUrl() + "/Binary/a", "application/pdf")));

            JsonNode pull = pull(source, PATIENT, "secret-token");

            statusIs(pull, "completed");
            assertThat(attachmentTasks(pull)).isEmpty();
            assertThat(other.requests()).isEmpty();
            assertThat(content("DocumentReference", "d1")).contains(other.baseUrl() + "/Binary/a");
        }
    }

    @Test
    void line_25_under_scoped_ids_a_record_leads_to_the_binary_that_landed_or_to_the_source_where_none_is_fetched() {
        source.putBinary("a", "application/pdf", PDF);
        source.put(document("d1", attachment("Binary/a", "application/pdf")));
        statusIs(pull(source, PATIENT), "completed"); // the first source keeps its ids
        try (SourceSimulator second = smallSource();
                SourceSimulator third = smallSource()) {
            second.putBinary("a", "application/pdf", PDF);
            second.put(document("d1", attachment(second.baseUrl() + "/Binary/a", "application/pdf")));
            String key = scopedPull(second, "default");

            assertThat(content("DocumentReference", key + "-d1")).contains("\"url\":\"Binary/" + key + "-a\"");
            JsonNode binary = CaravanDriver.parse(content("Binary", key + "-a"));
            assertThat(binary.at("/meta/source").asText()).isEqualTo(second.baseUrl() + "/Binary/a");
            assertThat(binary.path("data").asText()).isEqualTo(base64(PDF));

            third.putBinary("a", "application/pdf", PDF);
            third.put(document("d1", attachment("Binary/a", "application/pdf")));
            String unattached = scopedPull(third, "unattached");

            assertThat(content("DocumentReference", unattached + "-d1"))
                    .contains("\"url\":\"" + third.baseUrl() + "/Binary/a\"");
            assertThat(third.requests(r -> r.isRead("Binary"))).isEmpty();
        }
    }

    @Test
    void line_25_a_source_that_asks_to_wait_for_a_binary_gets_its_wait() {
        source.putBinary("a", "application/pdf", PDF);
        source.put(document("d1", attachment("Binary/a", "application/pdf")));
        source.fail(r -> r.isRead("Binary", "a")).with(Fault.retryAfter(1)).times(1);

        statusIs(pull(source, PATIENT), "completed");

        List<SourceRequest> asked = binaries();
        assertThat(asked).extracting(SourceRequest::status).containsExactly(429, 200);
        assertThat(asked.get(1).at()).isAfterOrEqualTo(asked.get(0).at().plusSeconds(1));
        assertThat(stored("Binary")).containsExactly("Binary/a");
    }

    private String scopedPull(SourceSimulator from, String profile) {
        JsonNode registered = caravan.newSource("Scoped", from.baseUrl(), profile);
        JsonNode connection =
                caravan.connect(registered.path("id").asText(), PATIENT, null).ok();
        statusIs(caravan.awaitPull(connection.at("/latest_pull/id").asText()), "completed");
        assertThat(registered.path("ids").asText()).isEqualTo("scoped");
        return registered.path("key").asText();
    }

    private String content(String type, String id) {
        return column("content", type, id);
    }

    private String patientOf(String type, String id) {
        return column("patient_id", type, id);
    }

    private String column(String column, String type, String id) {
        return database.sql("SELECT %s FROM resource_record WHERE org_id = :org AND type = :type AND id = :id"
                        .formatted(column))
                .param("org", caravan.org())
                .param("type", type)
                .param("id", id)
                .query(String.class)
                .single();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
