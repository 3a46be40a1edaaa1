package io.caravan.store;

import static io.caravan.store.Pages.onlyScoped;
import static io.caravan.store.Pages.text;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Product table "Ids", row by row, in whole resources. */
class ScopingTest {

    private static final String SOURCED = ",\"meta\":{\"source\":\"https://portal.example/fhir/%s/1\"}";
    private static final String IDENTIFIER = "{\"system\":\"https://portal.example/fhir\",\"value\":\"1\"}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"reference\":\"Patient/9\"} | {\"reference\":\"Patient/src-9\"}",
                "{\"reference\":\"Patient\\/9\"} | {\"reference\":\"Patient/src-9\"}",
                "{\"reference\" : \"Patient/9/_history/2\"} | {\"reference\":\"Patient/src-9/_history/2\"}",
                "{\"reference\":\"https:\\/\\/PORTAL.example:443\\/fhir\\/Patient\\/9\"} | {\"reference\":\"Patient/src-9\"}",
                "{\"reference\":\"#p\"} | {\"reference\":\"#p\"}",
                "{\"reference\":\"urn:uuid:1\"} | {\"reference\":\"urn:uuid:1\"}",
                "{\"reference\":\"Patient?x=y\"} | {\"reference\":\"Patient?x=y\"}",
                "{\"reference\":\"https://other.example/fhir/Patient/9\"} | {\"reference\":\"https://other.example/fhir/Patient/9\"}",
                "{\"extension\":[{\"url\":\"u\",\"valueReference\":{\"reference\":\"Device/9\"}}]} | "
                        + "{\"extension\":[{\"url\":\"u\",\"valueReference\":{\"reference\":\"Device/src-9\"}}]}",
                "[{\"reference\":\"Patient/9#a\\\"b\"}] | [{\"reference\":\"Patient/src-9#a\\\"b\"}]",
                "{\"valueCanonical\":\"Questionnaire/9\"} | {\"valueCanonical\":\"Questionnaire/9\"}",
            })
    void references_are_scoped_wherever_they_are(String sent, String landed) {
        String resource = "{\"resourceType\":\"Observation\",\"id\":\"1\",\"x\":" + sent + "}";
        assertThat(text(onlyScoped(resource)))
                .isEqualTo("{\"resourceType\":\"Observation\",\"id\":\"src-1\"" + SOURCED.formatted("Observation")
                        + ",\"x\":" + landed + "}");
    }

    @Test
    void contained_ids_stay_and_outward_references_of_contained_are_scoped() {
        String resource = "{\"resourceType\":\"Claim\",\"id\":\"1\",\"meta\":{\"source\":\"s\"},\"contained\":["
                + "{\"resourceType\":\"Patient\",\"id\":\"p\",\"url\":\"Binary/1\",\"meta\":{},\"identifier\":[]},"
                + "{\"resourceType\":\"Coverage\",\"id\":\"c\",\"payor\":[{\"reference\":\"Organization/7\"}],"
                + "\"beneficiary\":{\"reference\":\"#p\"}}],\"insurance\":[{\"coverage\":{\"reference\":\"#c\"}}]}";
        assertThat(text(onlyScoped(resource)))
                .isEqualTo(resource.replace("\"id\":\"1\"", "\"id\":\"src-1\"")
                        .replace("Organization/7", "Organization/src-7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | {\"source\":\"https://portal.example/fhir/Observation/1\"}",
                "{ } | {\"source\":\"https://portal.example/fhir/Observation/1\"}",
                "{ \"versionId\" : \"2\" } | {\"versionId\":\"2\",\"source\":\"https://portal.example/fhir/Observation/1\"}",
                "{\"tag\":[{}]} | {\"tag\":[{}],\"source\":\"https://portal.example/fhir/Observation/1\"}",
                "{\"source\":\"urn:theirs\"} | {\"source\":\"urn:theirs\"}",
                "{\"source\":null} | {\"source\":null}",
                "{\"extension\":[{\"source\":1}]} | {\"extension\":[{\"source\":1}],\"source\":\"https://portal.example/fhir/Observation/1\"}",
                "null | null",
            })
    void meta_source_is_added_where_absent(String sent, String landed) {
        assertThat(text(onlyScoped("{\"resourceType\":\"Observation\",\"meta\":" + sent + ",\"id\":\"1\"}")))
                .isEqualTo("{\"resourceType\":\"Observation\",\"meta\":" + landed + ",\"id\":\"src-1\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | []",
                "[ ] | []",
                "[{\"value\":\"7\"}] | [{\"value\":\"7\"},]",
                "[ {\"value\":\"7\"} , {} ] | [{\"value\":\"7\"},{},]",
            })
    void a_patient_keeps_its_original_id_as_a_last_identifier(String sent, String landed) {
        String expected = landed.replace("]", IDENTIFIER + "]");
        assertThat(text(onlyScoped("{\"resourceType\":\"Patient\",\"identifier\":" + sent
                        + ",\"contact\":[{\"identifier\":[]}],\"id\":\"1\"}")))
                .isEqualTo("{\"resourceType\":\"Patient\",\"identifier\":" + expected
                        + ",\"contact\":[{\"identifier\":[]}],\"id\":\"src-1\"" + SOURCED.formatted("Patient") + "}");
    }

    @Test
    void a_patient_without_identifier_gets_one() {
        assertThat(text(onlyScoped("{\"resourceType\":\"Patient\",\"id\":\"1\"}")))
                .isEqualTo("{\"resourceType\":\"Patient\",\"id\":\"src-1\"" + SOURCED.formatted("Patient")
                        + ",\"identifier\":[" + IDENTIFIER + "]}");
    }

    @Test
    void only_patients_get_an_identifier() {
        assertThat(text(onlyScoped("{\"resourceType\":\"Device\",\"id\":\"1\",\"identifier\":[]}")))
                .isEqualTo("{\"resourceType\":\"Device\",\"id\":\"src-1\"" + SOURCED.formatted("Device")
                        + ",\"identifier\":[]}");
    }

    @Test
    void an_id_that_urls_and_json_would_misread_is_written_as_both_demand() {
        CutResource cut = onlyScoped("{\"resourceType\":\"Patient\",\"id\":\"a \\\"é/1\"}");
        assertThat(cut.originalId()).isEqualTo("a \"é/1");
        assertThat(text(cut))
                .contains("\"id\":\"" + cut.id() + "\"")
                .contains("\"source\":\"https://portal.example/fhir/Patient/a%20%22%C3%A9%2F1\"")
                .contains("\"value\":\"a \\\"é/1\"");
    }

    @Test
    void attachment_urls_stay_readable_and_other_urls_stay() {
        String resource = "{\"resourceType\":\"DocumentReference\",\"id\":\"1\",\"meta\":{\"source\":\"s\"},"
                + "\"url\":\"Binary/0\",\"extension\":[{\"url\":\"Binary/0\",\"valueAttachment\":{\"url\":\"Binary/1\"}}],"
                + "\"content\":[{\"attachment\":{\"url\":\"Binary\\/2\"}},{\"attachment\":{\"url\":\"/fhir/Binary/3\"}},"
                + "{\"attachment\":{\"url\":\"https://portal.example/fhir/Binary/4\"}},"
                + "{\"attachment\":{\"url\":\"https://other.example/x\"}}]}";
        assertThat(text(onlyScoped(resource)))
                .isEqualTo(resource.replace("\"id\":\"1\"", "\"id\":\"src-1\"")
                        .replace("{\"url\":\"Binary/1\"}", "{\"url\":\"https://portal.example/fhir/Binary/1\"}")
                        .replace("Binary\\/2", "https://portal.example/fhir/Binary/2")
                        .replace("\"/fhir/Binary/3", "\"https://portal.example/fhir/Binary/3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Binary\\/2 | Binary/src-2",
                "/fhir/Binary/3 | Binary/src-3",
                "https://PORTAL.example:443/fhir/Binary/4/_history/2#x | Binary/src-4/_history/2#x",
                "https://portal.example/fhir/Patient/5 | https://portal.example/fhir/Patient/5",
                "https://other.example/fhir/Binary/6 | https://other.example/fhir/Binary/6",
                "Binary/a/b | https://portal.example/fhir/Binary/a/b",
                "Binary/.. | https://portal.example/fhir/Binary/..",
                "data:text/plain;base64,aGk= | data:text/plain;base64,aGk=",
            })
    void attachment_urls_lead_to_the_landed_binary_where_attachments_are_pulled(String sent, String landed) {
        String resource = "{\"resourceType\":\"DocumentReference\",\"id\":\"1\",\"meta\":{\"source\":\"s\"},"
                + "\"extension\":[{\"url\":\"Binary/0\"}],\"content\":[{\"attachment\":{\"url\":\"" + sent + "\"}}]}";
        CutResource cut = new PageCutter(Pages.SCOPED.withAttachments(true))
                .cut(Pages.utf8(resource))
                .resources()
                .get(0);
        assertThat(text(cut))
                .isEqualTo(resource.replace("\"id\":\"1\"", "\"id\":\"src-1\"")
                        .replace("\"" + sent + "\"", "\"" + landed + "\""));
    }

    @ParameterizedTest
    @CsvSource({"Bundle", "Parameters"})
    void a_record_that_holds_resources_changes_its_own_id_only(String type) {
        String inner = "\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"9\",\"meta\":{},"
                + "\"link\":{\"reference\":\"Patient/8\"}}}],\"subject\":{\"reference\":\"Patient/7\"}";
        CutResource cut = onlyScoped(Pages.bundle("{" + inner + ",\"resourceType\":\"" + type + "\",\"id\":\"1\"}"));
        assertThat(text(cut))
                .isEqualTo("{" + inner + ",\"resourceType\":\"" + type + "\",\"id\":\"src-1\"" + SOURCED.formatted(type)
                        + "}");
        assertThat(cut.references()).isEmpty();
        assertThat(cut.patients()).isEmpty();
    }
}
