package io.caravan.testing.generated;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which number is which resource. First come those that patients share (each is referred to by some patient), then each
 * patient: the Patient, and type by type what is the patient's.
 */
final class Layout {

    /** Thousandths of a patient's resources that are of each type, at least one; Observations are the rest. */
    private static final Map<String, Integer> SHARES = shares();

    /**
     * A number read: the nth resource of its type, of a patient or shared.
     *
     * @param patient from 0; -1 for what is shared
     */
    record Place(String type, int patient, int nth) {}

    private record Block(int from, int size) {}

    private final int patients;
    private final int ofPatient;
    private final Map<String, Block> shared = new LinkedHashMap<>();
    private final Map<String, Block> blocks = new LinkedHashMap<>();
    private final int sharedSize;
    private final int size;

    /**
     * @param ofPatient resources of each patient, the Patient not among them
     * @throws ArithmeticException where they cannot be numbered
     */
    Layout(int patients, int ofPatient) {
        if (patients < 1 || ofPatient <= SHARES.size()) {
            throw new IllegalArgumentException(
                    "at least one patient with more than %d resources".formatted(SHARES.size()));
        }
        this.patients = patients;
        this.ofPatient = ofPatient;
        sharedSize = share();
        int next = 1;
        for (Map.Entry<String, Integer> share : SHARES.entrySet()) {
            int size = Math.max(1, (int) ((long) ofPatient * share.getValue() / 1000));
            blocks.put(share.getKey(), new Block(next, size));
            next += size;
        }
        blocks.put("Observation", new Block(next, ofPatient + 1 - next));
        size = Math.addExact(sharedSize, Math.multiplyExact(patients, ofPatient + 1));
    }

    private static Map<String, Integer> shares() {
        Map<String, Integer> shares = new LinkedHashMap<>();
        shares.put("Encounter", 60);
        shares.put("Condition", 60);
        shares.put("DiagnosticReport", 80);
        shares.put("DocumentReference", 50);
        shares.put("MedicationRequest", 60);
        shares.put("Procedure", 50);
        shares.put("Immunization", 20);
        shares.put("AllergyIntolerance", 10);
        shares.put("CarePlan", 10);
        shares.put("CareTeam", 10);
        shares.put("Goal", 10);
        shares.put("Provenance", 30);
        return shares;
    }

    /** Never more of a shared type than patients: the patient with the same remainder refers to it. */
    private int share() {
        int next = 0;
        for (Map.Entry<String, Integer> share : Map.of(
                        "Location",
                        50,
                        "Medication",
                        25,
                        "Organization",
                        50,
                        "Practitioner",
                        10,
                        "PractitionerRole",
                        10)
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .toList()) {
            int size = Math.max(1, patients / share.getValue());
            shared.put(share.getKey(), new Block(next, size));
            next += size;
        }
        return next;
    }

    int patients() {
        return patients;
    }

    /** How many resources there are in all. */
    int size() {
        return size;
    }

    Set<String> types() {
        Set<String> types = new TreeSet<>(shared.keySet());
        types.addAll(blocks.keySet());
        types.add("Patient");
        return types;
    }

    /** Whether resources of this type are a patient's; the Patient itself is not. */
    boolean isOfPatients(String type) {
        return blocks.containsKey(type);
    }

    /** How many of a type there are: of each patient, or shared; 0 for other types. */
    int count(String type) {
        if (type.equals("Patient")) {
            return patients;
        }
        Block block = blocks.getOrDefault(type, shared.get(type));
        return block == null ? 0 : block.size();
    }

    int patient(int patient) {
        return sharedSize + patient * (ofPatient + 1);
    }

    /** The number of the patient's first resource of this type; the others follow. */
    int first(String type, int patient) {
        return patient(patient) + blocks.get(type).from();
    }

    /** The number of the first shared resource of this type; the others follow. */
    int first(String type) {
        return shared.get(type).from();
    }

    Place place(int number) {
        if (number < sharedSize) {
            return in(shared, number, -1);
        }
        int patient = (number - sharedSize) / (ofPatient + 1);
        int offset = (number - sharedSize) % (ofPatient + 1);
        return offset == 0 ? new Place("Patient", patient, 0) : in(blocks, offset, patient);
    }

    private static Place in(Map<String, Block> blocks, int offset, int patient) {
        for (Map.Entry<String, Block> entry : blocks.entrySet()) {
            int nth = offset - entry.getValue().from();
            if (nth >= 0 && nth < entry.getValue().size()) {
                return new Place(entry.getKey(), patient, nth);
            }
        }
        throw new IllegalArgumentException("no resource at " + offset);
    }
}
