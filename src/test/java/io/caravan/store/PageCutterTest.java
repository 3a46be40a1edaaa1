package io.caravan.store;

import static io.caravan.store.Pages.bundle;
import static io.caravan.store.Pages.onlyOriginal;
import static io.caravan.store.Pages.onlyScoped;
import static io.caravan.store.Pages.original;
import static io.caravan.store.Pages.scoped;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageCutterTest {

    @Test
    void next_is_the_link_of_that_relation_exactly_as_sent() {
        String page = "{\"resourceType\":\"Bundle\",\"link\":[{\"relation\":\"self\",\"url\":\"a\"},"
                + "{\"url\":\"https:\\/\\/h:443\\/x?a=%7C&b=c%20d\\u0026e\",\"relation\":\"next\",\"x\":[{}]},"
                + "{\"relation\":\"next\",\"url\":\"second\"}]}";
        assertThat(original(page).next()).contains("https://h:443/x?a=%7C&b=c%20d&e");
        assertThat(scoped(page).next()).contains("https://h:443/x?a=%7C&b=c%20d&e");
    }

    @Test
    void a_link_of_an_entry_or_of_a_resource_is_no_next_link() {
        String page = "{\"resourceType\":\"Bundle\",\"entry\":[{\"link\":[{\"relation\":\"next\",\"url\":\"a\"}],"
                + "\"resource\":{\"resourceType\":\"Bundle\",\"id\":\"1\",\"link\":[{\"relation\":\"next\",\"url\":\"b\"}]}}]}";
        assertThat(original(page).next()).isEmpty();
    }

    @Test
    void a_next_link_without_url_is_no_silent_end() {
        Page page = original("{\"resourceType\":\"Bundle\",\"link\":[null,{\"relation\":\"next\"}]}");
        assertThat(page.next()).contains("");
        assertThat(original("{\"resourceType\":\"Bundle\",\"link\":[{\"relation\":\"next\"},"
                                + "{\"relation\":\"next\",\"url\":\"b\"}]}")
                        .next())
                .contains("b");
    }

    @Test
    void a_next_link_that_is_in_no_list_is_one_all_the_same() {
        assertThat(original("{\"resourceType\":\"Bundle\",\"link\":{\"relation\":\"next\",\"url\":\"b\"}}")
                        .next())
                .contains("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resourceType\":\"Bundle\"}",
                "{\"resourceType\":\"Bundle\",\"entry\":[]}",
                "{\"resourceType\":\"Bundle\",\"entry\":null,\"link\":{}}",
                "{\"resourceType\":\"Bundle\",\"entry\":[{},{\"fullUrl\":\"x\"},null,{\"resource\":null}]}",
            })
    void a_page_may_hold_nothing(String body) {
        assertThat(original(body)).isEqualTo(new Page(List.of(), Optional.empty(), List.of()));
    }

    @Test
    void resources_leave_in_the_order_of_the_page() {
        Page page = scoped(bundle(
                "{\"resourceType\":\"Observation\",\"id\":\"2\"}", "{\"resourceType\":\"Patient\",\"id\":\"1\"}"));
        assertThat(page.resources()).extracting(CutResource::type).containsExactly("Observation", "Patient");
        assertThat(page.resources()).extracting(CutResource::id).containsExactly("src-2", "src-1");
        assertThat(page.resources()).extracting(CutResource::originalId).containsExactly("2", "1");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02-29T10:00:00Z, 2024-02-29T10:00:00Z",
        "2024-02-29T10:00:00.123456+02:00, 2024-02-29T08:00:00.123456Z",
        "2024-02-29, ",
        "2024-02-29T10:00:00, ",
        "2023-02-29T10:00:00Z, ",
        "+12024-02-29T10:00:00Z, ",
        "0001-01-01T00:00:00+01:00, ",
        "9999-12-31T23:59:59-14:00, ",
        "yesterday, ",
    })
    void last_updated_is_an_instant_or_absent(String sent, String instant) {
        CutResource cut = onlyOriginal("{\"resourceType\":\"Basic\",\"id\":\"1\",\"meta\":{\"lastUpdated\":\"" + sent
                + "\"},\"x\":{\"lastUpdated\":\"2001-01-01T00:00:00Z\"}}");
        assertThat(cut.lastUpdated().map(Instant::toString).orElse(null)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"meta\":{\"tag\":[{\"code\":\"a\"},{\"code\":\"SUBSETTED\"}]} | true",
                "\"meta\":{\"security\":[{\"system\":\"s\",\"code\":\"SUBSETTED\"}]} | true",
                "\"meta\":{\"profile\":[{\"code\":\"SUBSETTED\"}]} | false",
                "\"meta\":{\"tag\":[{\"display\":\"SUBSETTED\"}]} | false",
                "\"contained\":[{\"meta\":{\"tag\":[{\"code\":\"SUBSETTED\"}]}}] | false",
                "\"x\":{\"tag\":[{\"code\":\"SUBSETTED\"}]} | false",
            })
    void subsetted_is_a_code_of_metas_tags(String members, boolean subsetted) {
        assertThat(onlyOriginal("{\"resourceType\":\"Basic\",\"id\":\"1\"," + members + "}")
                        .subsetted())
                .isEqualTo(subsetted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Observation | \"subject\":{\"reference\":\"Patient/9\"} | 9",
                "Observation | \"subject\":{\"reference\":\"https://portal.example/fhir/Patient/9/_history/3\"} | 9",
                "Observation | \"subject\":{\"reference\":\"https://other.example/fhir/Patient/9\"} | 9",
                "Observation | \"subject\":{\"reference\":\"Group/9\"} | ``",
                "Observation | \"performer\":[{\"reference\":\"Patient/9\"}] | ``",
                "Observation | \"x\":{\"subject\":{\"reference\":\"Patient/9\"}} | ``",
                "Observation | \"contained\":[{\"subject\":{\"reference\":\"Patient/9\"}}] | ``",
                "Observation | \"subject\":{\"extension\":[{\"valueReference\":{\"reference\":\"Patient/9\"}}]} | ``",
                "Observation | \"performer\":[{\"reference\":\"Patient/8\"}],\"patient\":{\"reference\":\"Patient/9\"},"
                        + "\"subject\":{\"reference\":\"Patient/8\"} | 9,8",
                "Claim | \"patient\":{\"reference\":\"Patient/9\"} | 9",
                "Coverage | \"subscriber\":{\"reference\":\"Patient/8\"},\"beneficiary\":{\"reference\":\"Patient/9\"} | 9",
                "ResearchSubject | \"individual\":{\"reference\":\"Patient/9\"} | 9",
                "EnrollmentRequest | \"candidate\":{\"reference\":\"Patient/9\"} | 9",
                "Contract | \"subject\":[{\"reference\":\"Patient/9\"},{\"reference\":\"Patient/8\"},{\"reference\":\"Patient/9\"}] | 9,8",
                "Appointment | \"participant\":[{\"actor\":{\"reference\":\"Location/1\"}},{\"actor\":{\"reference\":\"Patient/9\"}}] | 9",
                "AppointmentResponse | \"actor\":{\"reference\":\"Patient/9\"} | 9",
                "Schedule | \"actor\":[{\"reference\":\"Patient/9\"}] | 9",
                "Group | \"member\":[{\"entity\":{\"reference\":\"Patient/9\"}},{\"entity\":{\"reference\":\"Patient/8\"}}] | 9,8",
                "Person | \"link\":[{\"target\":{\"reference\":\"Patient/9\"}}] | 9",
                "Provenance | \"target\":[{\"reference\":\"Patient/9\"},{\"reference\":\"Encounter/1\"}] | 9",
                "AuditEvent | \"agent\":[{\"who\":{\"reference\":\"Patient/8\"}}],\"entity\":[{\"what\":{\"reference\":\"Patient/9\"}}] | 9",
                "Task | \"for\":{\"reference\":\"Patient/9\"},\"owner\":{\"reference\":\"Patient/8\"} | 9",
                "Patient | \"link\":[{\"other\":{\"reference\":\"Patient/9\"}}] | 1",
            })
    void patients_are_those_that_the_owning_elements_name(String type, String members, String patients) {
        String resource = "{\"resourceType\":\"" + type + "\",\"id\":\"1\"," + members + "}";
        assertThat(String.join(",", onlyOriginal(resource).patients())).isEqualTo(patients);
        assertThat(String.join(",", onlyScoped(bundle(resource)).patients())).isEqualTo(patients);
    }

    @Test
    void references_are_the_distinct_targets_at_the_same_source() {
        String resource = "{\"resourceType\":\"DiagnosticReport\",\"id\":\"1\","
                + "\"contained\":[{\"resourceType\":\"Specimen\",\"id\":\"s\",\"parent\":[{\"reference\":\"Specimen/5\"}]}],"
                + "\"specimen\":[{\"reference\":\"#s\"}],\"subject\":{\"reference\":\"Patient/9\"},"
                + "\"result\":[{\"reference\":\"Observation/2\"},{\"reference\":\"Observation/3/_history/1\"},"
                + "{\"reference\":\"https://portal.example/fhir/Observation/2\"},{\"reference\":\"Wombat/1\"},"
                + "{\"reference\":\"https://other.example/Observation/4\"},{\"reference\":\"Observation/..\"}]}";
        ReferenceTarget[] expected = {
            new ReferenceTarget("Specimen", "5"),
            new ReferenceTarget("Patient", "9"),
            new ReferenceTarget("Observation", "2"),
            new ReferenceTarget("Observation", "3")
        };
        assertThat(onlyOriginal(resource).references()).containsExactly(expected);
        assertThat(onlyScoped(resource).references()).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "DiagnosticReport | \"result\":[{\"reference\":\"Observation/2\"},{\"reference\":\"Observation/3\"}] | 2,3",
                "DiagnosticReport | \"result\":[{\"reference\":\"Observation/2\"},{\"reference\":\"Observation/2\"}] | 2",
                "DiagnosticReport | \"result\":[{\"reference\":\"https://other.example/fhir/Observation/2\"}] | ``",
                "DiagnosticReport | \"result\":[{\"x\":{\"reference\":\"Observation/2\"}}] | ``",
                "DiagnosticReport | \"contained\":[{\"result\":[{\"reference\":\"Observation/2\"}]}] | ``",
                "DiagnosticReport | \"hasMember\":[{\"reference\":\"Observation/2\"}] | ``",
                "DiagnosticReport | \"basedOn\":[{\"reference\":\"ServiceRequest/2\"}] | ``",
                "Observation | \"hasMember\":[{\"reference\":\"QuestionnaireResponse/2\"}] | 2",
                "Observation | \"result\":[{\"reference\":\"Observation/2\"}] | ``",
                "Observation | \"hasMember\":{\"reference\":\"Observation/2\"} | ``",
            })
    void results_are_what_a_report_or_an_observation_names_as_its_parts(String type, String members, String ids) {
        String resource = "{\"id\":\"1\"," + members + ",\"resourceType\":\"" + type + "\"}";
        for (CutResource cut : List.of(onlyOriginal(resource), onlyScoped(bundle(resource)))) {
            assertThat(cut.results())
                    .extracting(ReferenceTarget::originalId)
                    .containsExactly(ids.isEmpty() ? new String[0] : ids.split(","));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"url\":\"Binary/2\"} | 2 null null",
                "{\"contentType\":\"text/rtf\",\"url\":\"Binary/2\",\"size\":7} | 2 text/rtf 7",
                "{\"size\":7,\"url\":\"/fhir/Binary/2\",\"extension\":[{\"url\":\"u\"}],\"contentType\":\"a/b\"} | 2 a/b 7",
                "{\"url\":\"https://PORTAL.example/fhir/Binary/2/_history/1\",\"_url\":{\"size\":1}} | 2 null null",
                "{\"url\":\"Binary/2\",\"size\":99999999999999999999999} | 2 null null",
                "{\"url\":\"Binary/2\",\"size\":\"7\",\"contentType\":[\"a/b\"]} | 2 null null",
                "{\"url\":\"https://other.example/fhir/Binary/2\",\"size\":7} | ``",
                "{\"url\":\"DocumentReference/2\"} | ``",
                "{\"contentType\":\"a/b\",\"data\":\"aGk=\"} | ``",
                "{\"extension\":[{\"url\":\"Binary/2\"}]} | ``",
            })
    void attachments_are_binaries_of_the_same_source_with_what_is_said_of_them(String attachment, String expected) {
        String resource =
                "{\"resourceType\":\"Media\",\"id\":\"1\",\"url\":\"Binary/0\",\"content\":" + attachment + "}";
        for (CutResource cut : List.of(onlyOriginal(resource), onlyScoped(bundle(resource)))) {
            assertThat(cut.attachments().stream()
                            .map(a -> "%s %s %s"
                                    .formatted(
                                            a.binaryId(),
                                            a.contentType().orElse(null),
                                            a.size().orElse(null)))
                            .toList())
                    .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected));
        }
    }

    @Test
    void every_attachment_of_a_resource_is_found_and_none_of_a_resource_that_is_itself_a_bundle() {
        String two = "\"content\":[{\"attachment\":{\"url\":\"Binary/2\",\"size\":1}},"
                + "{\"attachment\":{\"size\":2,\"url\":\"Binary/3\"}}]";
        assertThat(onlyOriginal("{\"resourceType\":\"DocumentReference\",\"id\":\"1\"," + two + "}")
                        .attachments())
                .containsExactly(
                        new AttachmentLink("2", Optional.empty(), Optional.of(1L)),
                        new AttachmentLink("3", Optional.empty(), Optional.of(2L)));
        assertThat(onlyOriginal(bundle("{\"resourceType\":\"Parameters\",\"id\":\"1\"," + two + "}"))
                        .attachments())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"resourceType\":\"Basic\"} | missing_id | entry 2: Basic without id",
                "{\"resourceType\":\"Basic\",\"id\":7} | missing_id | entry 2: Basic without id",
                "{\"resourceType\":\"Basic\",\"id\":null} | missing_id | entry 2: Basic without id",
                "{\"resourceType\":\"Basic\",\"contained\":[{\"id\":\"1\"}]} | missing_id | entry 2: Basic without id",
                "{\"resourceType\":\"Basic\",\"id\":\"\"} | id_refused | entry 2: Basic with an id that cannot be kept",
                "{\"resourceType\":\"Basic\",\"id\":\"..\"} | id_refused | entry 2: Basic with an id that cannot be kept",
                "{\"resourceType\":\"Wombat\",\"id\":\"1\"} | unknown_type | entry 2: has no resourceType of FHIR R4",
                "{\"resourceType\":[\"Basic\"],\"id\":\"1\"} | unknown_type | entry 2: has no resourceType of FHIR R4",
                "{\"id\":\"1\"} | unknown_type | entry 2: has no resourceType of FHIR R4",
                "[1] | unknown_type | entry 2: its resource is not an object",
                "{\"resourceType\":\"Basic\",\"id\":\"1\",\"\\u0069d\":\"2\"} | ambiguous_id | entry 2: has id or resourceType twice",
                "{\"resourceType\":\"Basic\",\"id\":\"1\",\"id\":null} | ambiguous_id | entry 2: has id or resourceType twice",
                "{\"resourceType\":\"Basic\",\"id\":\"1\",\"resourceType\":\"Basic\"} | ambiguous_id | entry 2: has id or resourceType twice",
            })
    void a_resource_that_cannot_land_is_a_warning_and_the_rest_goes_on(String resource, String code, String message) {
        String fine = "{\"resourceType\":\"Basic\",\"id\":\"1\"}";
        for (Page page : new Page[] {original(bundle(fine, resource, fine)), scoped(bundle(fine, resource, fine))}) {
            assertThat(page.resources()).hasSize(2);
            assertThat(page.warnings()).containsExactly(new PageWarning(code, message));
        }
    }

    @Test
    void an_id_that_no_url_takes_is_refused_as_original_and_hashed_as_scoped() {
        String resource = "{\"resourceType\":\"Basic\",\"id\":\"a/b c\"}";
        assertThat(original(resource).warnings()).extracting(PageWarning::code).containsExactly("id_refused");
        assertThat(onlyScoped(resource).id()).matches("src-h[0-9a-f]{40}");
    }

    @Test
    void an_outcome_entry_is_a_warning_for_each_issue() {
        Page page = original(bundle("{\"resourceType\":\"OperationOutcome\",\"id\":\"x\",\"issue\":["
                + "{\"severity\":\"warning\",\"code\":\"suppressed\",\"details\":{\"coding\":[{\"system\":\"s\","
                + "\"code\":\"4119\"},{\"code\":\"B2\"}],\"text\":\"May be\\nincomplete\"},\"location\":[\"/f\"]},"
                + "{\"severity\":\"error\",\"code\":\"not-found\",\"diagnostics\":\"gone\"},{}]}"));
        assertThat(page.resources()).isEmpty();
        assertThat(page.warnings())
                .containsExactly(
                        new PageWarning(
                                "4119",
                                "the source says warning suppressed 4119 B2: May be incomplete",
                                "warning",
                                List.of("4119", "B2")),
                        new PageWarning("not-found", "the source says error not-found: gone", "error", List.of()),
                        new PageWarning("outcome", "the source says warning outcome"));
    }

    @Test
    void an_outcome_of_odd_shape_is_still_one_warning() {
        Page page = original("{\"issue\":{\"code\":[1]},\"resourceType\":\"OperationOutcome\"}");
        assertThat(page.resources()).isEmpty();
        assertThat(page.warnings())
                .containsExactly(new PageWarning("outcome", "the source sent an OperationOutcome without issues"));
    }

    @Test
    void an_outcome_with_odd_fields_gives_what_can_be_read_of_it() {
        Page page = original("{\"resourceType\":\"OperationOutcome\",\"issue\":[1,{\"severity\":{\"a\":1},\"code\":"
                + "\"not one word\",\"details\":[{\"text\":\"x\"}],\"diagnostics\":[\"y\"]},"
                + "{\"details\":{\"coding\":[{\"code\":{\"code\":\"no\"}},{\"code\":\"yes\"}],\"text\":{}}}]}");
        assertThat(page.warnings()).extracting(PageWarning::code).containsExactly("outcome", "yes");
    }

    @Test
    void the_words_of_an_outcome_are_capped_between_characters() {
        String text = "x".repeat(299) + "\uD83D\uDE00" + "y".repeat(1000);
        Page page = original("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"a\",\"diagnostics\":\""
                + text + "\"}]}");
        assertThat(page.warnings().get(0).message()).isEqualTo("the source says warning a: " + "x".repeat(299));
    }

    @Test
    void what_is_sent_in_search_mode_outcome_never_lands() {
        Page page = original("{\"resourceType\":\"Bundle\",\"entry\":["
                + "{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"1\"},\"search\":{\"score\":1,\"mode\":\"match\"}},"
                + "{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"2\"},\"search\":{\"mode\":\"outcome\",\"x\":[]}},"
                + "{\"search\":{\"mode\":\"outcome\"},\"resource\":{\"resourceType\":\"OperationOutcome\","
                + "\"issue\":[{\"severity\":\"information\",\"code\":\"4101\"}]}}]}");
        assertThat(page.resources()).extracting(CutResource::id).containsExactly("1");
        assertThat(page.warnings()).extracting(PageWarning::code).containsExactly("outcome", "4101");
        assertThat(page.warnings().get(0).message()).isEqualTo("entry 2: Basic sent as an outcome, not as a record");
    }
}
