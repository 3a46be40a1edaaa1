package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.source.profile.ProfileFiles;
import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfiles;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queries of each profile, and what of them changes with what the source says and how far a connection has come. */
class QueryPlanTest {

    private static final SourceProfiles PROFILES = ProfileFiles.builtIn();
    private static final Instant LAST_PULL = Instant.parse("2026-03-01T12:00:00.987Z");
    private static final Capability ALL = CapabilityTest.capability("""
            {"rest": [{"searchParam": [{"name": "_lastUpdated"}], "resource": [
              {"type": "Patient", "searchParam": [{"name": "patient"}]},
              {"type": "Account", "searchParam": [{"name": "patient"}]},
              {"type": "CarePlan", "searchParam": [{"name": "patient"}]},
              {"type": "Condition", "searchParam": [{"name": "subject"}]},
              {"type": "Encounter", "searchParam": [{"name": "patient"}]},
              {"type": "EpisodeOfCare", "searchParam": [{"name": "patient"}]},
              {"type": "MedicationRequest", "searchParam": [{"name": "patient"}]},
              {"type": "Observation", "searchParam": [{"name": "patient"}]},
              {"type": "Organization", "searchParam": [{"name": "name"}]}
            ]}]}""");

    @Test
    void the_patient_is_read_first_then_references_are_followed_and_what_has_vanished_is_looked_after() {
        List<PlannedTask> plan = plan("default", ALL).tasks();

        assertThat(plan.get(0)).isEqualTo(new PlannedTask("read", 0, "Patient", "Patient/p1", false, null));
        assertThat(plan.get(1))
                .isEqualTo(new PlannedTask(
                        "search",
                        1,
                        "Account",
                        "Account?patient=p1&_count=200&_revinclude=Provenance:target",
                        true,
                        "Account?"));
        assertThat(plan.subList(plan.size() - 2, plan.size()))
                .containsExactly(
                        new PlannedTask("references", 2, "*", "", false, null),
                        new PlannedTask("vanished", 4, "*", "", false, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default | Condition         | subject=p1&_count=200&_revinclude=Provenance:target",
                "default | Observation       | patient=p1&_count=200&_revinclude=Provenance:target",
                "default | EpisodeOfCare     | patient=p1&_count=200&_revinclude=Provenance:target",
                "hapi    | Observation       | patient=p1&_count=200&_revinclude=Provenance:target",
                "smart   | Observation       | patient=p1&_count=50&_revinclude=Provenance:target",
                "cerner  | Observation       | patient=p1&_count=200&_revinclude=Provenance:target",
                "cerner  | Encounter         | patient=p1&_revinclude=Provenance:target",
                "cerner  | CarePlan          | patient=p1&category=assess-plan&_revinclude=Provenance:target",
                "epic    | Encounter         | patient=p1&_count=100&_revinclude=Provenance:target",
                "epic    | MedicationRequest | patient=p1&intent=proposal,plan,directive,order,original-order,reflex-order,"
                        + "filler-order,instance-order,option&_count=100&_revinclude=Provenance:target",
            })
    void a_type_is_searched_as_its_profile_says(String profile, String type, String query) {
        assertThat(queries(plan(profile, ALL), type)).containsExactly(type + "?" + query);
    }

    @Test
    void epic_is_asked_one_query_per_category_each_with_a_cursor_of_its_own() {
        List<PlannedTask> observations = plan("epic", ALL).tasks().stream()
                .filter(task -> task.type().equals("Observation"))
                .toList();

        assertThat(observations)
                .extracting(PlannedTask::key)
                .contains("Observation?category=laboratory", "Observation?category=sdoh")
                .hasSizeGreaterThanOrEqualTo(10)
                .doesNotHaveDuplicates();
        assertThat(observations)
                .allMatch(task -> task.query().startsWith("Observation?patient=p1&category=") && task.fullWalk());
        assertThat(queries(plan("epic", ALL), "CarePlan"))
                .contains("CarePlan?patient=p1&category=38717003&_count=100&_revinclude=Provenance:target");
    }

    @Test
    void a_profiles_order_comes_first_and_what_it_leaves_out_is_not_asked_for() {
        assertThat(types(plan("epic", ALL)))
                .startsWith("Condition", "MedicationRequest", "Encounter")
                .contains("Account")
                .doesNotContain("EpisodeOfCare", "Organization", "Patient");
        assertThat(types(plan("cerner", ALL))).contains("EpisodeOfCare").doesNotContain("Account");
    }

    @Test
    void a_source_without_a_statement_and_one_that_offers_nothing_is_asked_for_the_usual_types() {
        for (Optional<Capability> none :
                List.of(Optional.<Capability>empty(), Optional.of(CapabilityTest.capability("{\"rest\": [{}]}")))) {
            QueryPlan plan = new QueryPlan(PROFILES.get("epic"), none, "p1", Map.of(), 200);

            assertThat(plan.bestEffort()).isTrue();
            assertThat(types(plan))
                    .contains("AllergyIntolerance", "Observation", "Provenance")
                    .doesNotContain("Patient", "Organization", "Practitioner", "Location", "Medication");
            assertThat(queries(plan, "Provenance")).containsExactly("Provenance?patient=p1&_count=100");
            assertThat(queries(plan, "Observation")).hasSizeGreaterThanOrEqualTo(10);
        }
        assertThat(plan("epic", ALL).bestEffort()).isFalse();
    }

    @Test
    void the_setting_caps_the_page_size_of_each_profile() {
        assertThat(queries(new QueryPlan(PROFILES.get("epic"), Optional.of(ALL), "p1", Map.of(), 20), "Encounter"))
                .containsExactly("Encounter?patient=p1&_count=20&_revinclude=Provenance:target");
    }

    @Test
    void only_changes_are_asked_for_where_the_source_knows_them_the_overlap_included() {
        PlannedTask delta = task(plan("default", ALL, cursor("Encounter?", Duration.ofDays(1))), "Encounter");

        assertThat(delta.query())
                .isEqualTo("Encounter?patient=p1&_count=200&_revinclude=Provenance:target"
                        + "&_lastUpdated=ge2026-03-01T11:55:00Z");
        assertThat(delta.fullWalk()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default | Encounter? | P6DT23H | false",
                "default | Encounter? | P7D     | true",
                "default | Condition? | P1D     | true",
                "hapi    | Encounter? | P1D     | false",
                "epic    | Encounter? | P1D     | true",
                "cerner  | Encounter? | P1D     | true",
            })
    void everything_is_walked_in_between_and_where_the_source_does_not_know_changes(
            String profile, String key, Duration sinceWalk, boolean full) {
        assertThat(task(plan(profile, ALL, cursor(key, sinceWalk)), "Encounter").fullWalk())
                .isEqualTo(full);
    }

    @Test
    void a_source_that_does_not_declare_last_updated_is_believed_unless_its_profile_knows_better() {
        Capability silent = CapabilityTest.capability("""
                {"rest": [{"resource": [{"type": "Encounter", "searchParam": [{"name": "patient"}]}]}]}""");
        Map<String, QueryCursor> cursors = cursor("Encounter?", Duration.ofDays(1));

        assertThat(task(plan("default", silent, cursors), "Encounter").fullWalk())
                .isTrue();
        assertThat(task(plan("hapi", silent, cursors), "Encounter").fullWalk()).isFalse();
    }

    @Test
    void provenance_is_not_asked_for_where_the_source_lists_what_it_includes_without_it() {
        Capability others = CapabilityTest.capability("""
                {"rest": [{"resource": [{"type": "Encounter", "searchParam": [{"name": "patient"}],
                                         "searchRevInclude": ["Observation:encounter"]}]}]}""");

        assertThat(queries(plan("default", others), "Encounter")).containsExactly("Encounter?patient=p1&_count=200");
    }

    @ParameterizedTest
    @CsvSource({
        "a.b-C_1, a.b-C_1",
        "a/b, a%2Fb",
        "../admin, ..%2Fadmin",
        "a b, a%20b",
        "a+b, a%2Bb",
        "urn:oid:1.2|3, urn%3Aoid%3A1.2%7C3",
        "1&_count=1#x?y, 1%26_count%3D1%23x%3Fy",
        "Zoë, Zo%C3%AB",
        "100%, 100%25",
    })
    void the_patients_id_is_one_segment_and_one_value(String id, String encoded) {
        List<PlannedTask> plan = new QueryPlan(PROFILES.get("default"), Optional.of(ALL), id, Map.of(), 50).tasks();

        assertThat(plan.get(0).query()).isEqualTo("Patient/" + encoded);
        assertThat(plan.get(1).query()).startsWith("Account?patient=" + encoded + "&_count=50");
        assertThat(plan.get(1).key()).isEqualTo("Account?");
    }

    @Test
    void the_values_of_a_profiles_parameters_are_encoded_but_for_the_comma_of_alternatives() {
        assertThat(SearchQuery.of("Goal", "patient", "p1")
                        .with(Map.of("category", "http://x.org|a b,c&d"))
                        .toString())
                .isEqualTo("Goal?patient=p1&category=http%3A%2F%2Fx.org%7Ca%20b,c%26d");
    }

    private static QueryPlan plan(String profile, Capability capability) {
        return plan(profile, capability, Map.of());
    }

    private static QueryPlan plan(String name, Capability capability, Map<String, QueryCursor> cursors) {
        SourceProfile profile = PROFILES.get(name);
        return new QueryPlan(profile, Optional.of(capability), "p1", cursors, 200);
    }

    private static Map<String, QueryCursor> cursor(String key, Duration sinceWalk) {
        return Map.of(key, new QueryCursor(key, LAST_PULL, sinceWalk));
    }

    private static PlannedTask task(QueryPlan plan, String type) {
        return plan.tasks().stream()
                .filter(task -> task.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> queries(QueryPlan plan, String type) {
        return plan.tasks().stream()
                .filter(task -> task.type().equals(type))
                .map(PlannedTask::query)
                .toList();
    }

    private static List<String> types(QueryPlan plan) {
        return plan.tasks().stream()
                .filter(task -> task.kind().equals("search"))
                .map(PlannedTask::type)
                .distinct()
                .toList();
    }
}
