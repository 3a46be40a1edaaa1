package io.caravan.store;

import static io.caravan.store.Pages.bundle;
import static io.caravan.store.Pages.original;
import static io.caravan.store.Pages.scoped;
import static io.caravan.store.Pages.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Sixteen synthetic patients, 8 392 resources of 22 types, as pages of a hundred. */
class SyntheaPagesTest {

    private static final List<String> TYPES = List.of(
            "CarePlan",
            "CareTeam",
            "Claim",
            "Condition",
            "Device",
            "DiagnosticReport",
            "DocumentReference",
            "Encounter",
            "ExplanationOfBenefit",
            "ImagingStudy",
            "Immunization",
            "Location",
            "Medication",
            "MedicationAdministration",
            "MedicationRequest",
            "Observation",
            "Organization",
            "Patient",
            "Practitioner",
            "Procedure",
            "Provenance",
            "SupplyDelivery");
    private static final int PAGE = 100;
    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"([^\"#]+)\"");

    @Test
    void an_original_line_leaves_as_it_came() {
        int resources = 0;
        for (String type : TYPES) {
            List<String> lines = lines(type);
            resources += lines.size();
            List<CutResource> cut = cut(lines, Pages.ORIGINAL);
            assertThat(cut).extracting(Pages::text).isEqualTo(lines);
            assertThat(cut).extracting(CutResource::type).containsOnly(type);
        }
        assertThat(resources).isEqualTo(8392);
    }

    @Test
    void every_scoped_reference_resolves_to_a_scoped_record() {
        Set<String> records = new HashSet<>();
        Set<String> referenced = new LinkedHashSet<>();
        Set<String> followed = new HashSet<>();
        for (String type : TYPES) {
            for (CutResource cut : cut(lines(type), Pages.SCOPED)) {
                records.add(type + "/" + cut.id());
                cut.references().forEach(target -> followed.add(target.type() + "/src-" + target.originalId()));
                Matcher matcher = REFERENCE.matcher(text(cut));
                while (matcher.find()) {
                    referenced.add(matcher.group(1));
                }
            }
        }
        assertThat(records).hasSize(8392).allMatch(record -> record.contains("/src-"));
        assertThat(referenced).hasSizeGreaterThan(6000);
        assertThat(followed).isEqualTo(referenced);
        referenced.removeAll(records);
        assertThat(referenced).isEmpty();
    }

    @Test
    void every_record_of_the_patient_compartment_names_its_patient() {
        Set<String> shared = Set.of("Location", "Medication", "Organization", "Practitioner");
        Set<String> patients = new HashSet<>();
        cut(lines("Patient"), Pages.SCOPED).forEach(patient -> patients.addAll(patient.patients()));
        assertThat(patients).hasSize(16);
        for (String type : TYPES) {
            for (CutResource cut : cut(lines(type), Pages.SCOPED)) {
                assertThat(cut.patients())
                        .hasSize(shared.contains(type) ? 0 : 1)
                        .allMatch(patients::contains);
            }
        }
    }

    private static List<CutResource> cut(List<String> lines, IdScope ids) {
        List<CutResource> resources = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += PAGE) {
            String page = bundle(
                    lines.subList(from, Math.min(from + PAGE, lines.size())).toArray(String[]::new));
            Page cut = ids.scoped() ? scoped(page) : original(page);
            assertThat(cut.warnings()).isEmpty();
            resources.addAll(cut.resources());
        }
        return resources;
    }

    private static List<String> lines(String type) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(
                                SyntheaPagesTest.class.getResourceAsStream("/synthea/" + type + ".ndjson.gz")),
                        StandardCharsets.UTF_8));
                Stream<String> lines = reader.lines()) {
            return lines.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
