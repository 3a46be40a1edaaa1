package io.caravan.destination.fhir;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order types are written, so that what a resource refers to is there before it (FHIR R4, the references of each
 * resource's definition). Where types refer to each other, the more frequent reference decides; what it leaves open is
 * repeated. Deletions go the other way round, after everything.
 */
public final class WriteOrder {

    /** Of what is not listed. */
    public static final int OTHERS = 50;

    /** Of what waited for something that it refers to. */
    public static final int REPEATS = 100;

    /** Less the rank of the type: that of its deletions. */
    public static final int LAST = 1000;

    private static final List<List<String>> RANKS = List.of(
            List.of("Organization"),
            List.of("Location", "Practitioner", "Substance"),
            List.of("Endpoint", "HealthcareService", "Medication", "PractitionerRole"),
            List.of("Patient"),
            List.of("Device", "RelatedPerson"),
            List.of("Coverage", "EpisodeOfCare", "Group"),
            List.of("Appointment", "Encounter"),
            List.of("AllergyIntolerance", "Condition", "Specimen"),
            List.of("CareTeam", "Goal", "ServiceRequest"),
            List.of("Binary", "Media", "Observation", "QuestionnaireResponse"),
            List.of("DeviceRequest", "ImagingStudy", "Immunization", "MedicationRequest", "NutritionOrder"),
            List.of("MedicationDispense", "MedicationStatement", "Procedure"),
            List.of("CarePlan", "DiagnosticReport", "DocumentReference", "MedicationAdministration"),
            List.of("Claim", "Composition"));

    private static final List<List<String>> AFTER_OTHERS =
            List.of(List.of("ClaimResponse", "ExplanationOfBenefit"), List.of("AuditEvent", "List", "Provenance"));

    private WriteOrder() {}

    /** A type, and the rank that it is written in: lower ones come first. */
    public record Ranked(String type, int rank) {}

    /** The types whose rank is not {@link #OTHERS}. */
    public static List<Ranked> types() {
        List<Ranked> types = new ArrayList<>();
        add(types, RANKS, 1);
        add(types, AFTER_OTHERS, OTHERS + 1);
        return List.copyOf(types);
    }

    private static void add(List<Ranked> types, List<List<String>> ranks, int first) {
        for (int i = 0; i < ranks.size(); i++) {
            int rank = first + i;
            ranks.get(i).forEach(type -> types.add(new Ranked(type, rank)));
        }
    }
}
