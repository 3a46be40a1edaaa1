package io.caravan.store;

import java.util.List;
import java.util.Map;

/**
 * Which elements say whose record it is (product.md § 2, step 4 "the right patient"). Data, not code: a type that is
 * not listed is owned by the default's elements. Authors, performers and payers are left out on purpose: a parent who
 * wrote a questionnaire for a child is somebody else's patient, and the record is still the child's.
 */
final class Owners {

    private static final List<String> DEFAULT = List.of("subject", "patient", "beneficiary", "individual", "candidate");

    private static final Map<String, List<String>> BY_TYPE = Map.of(
            "Appointment", List.of("participant.actor"),
            "AppointmentResponse", List.of("actor"),
            "AuditEvent", List.of("entity.what"),
            "Binary", List.of("securityContext"),
            "Group", List.of("member.entity"),
            "Person", List.of("link.target"),
            "Provenance", List.of("target"),
            "Schedule", List.of("actor"),
            "Task", List.of("for"));

    private Owners() {}

    /** @param path element names from the resource's root to the reference, joined by dots, without list indexes */
    static boolean owns(String type, String path) {
        return BY_TYPE.getOrDefault(type, DEFAULT).contains(path);
    }
}
