package io.caravan.testing.generated;

import io.caravan.testing.generated.JsonText.Code;
import io.caravan.testing.generated.Layout.Place;
import java.time.Instant;
import java.util.Base64;

/** The Patient, and what is a patient's. */
record PatientResources(IdStyle ids, Layout layout) {

    private static final String CATEGORY = "http://terminology.hl7.org/CodeSystem/";
    private static final Code ENCOUNTER_DIAGNOSIS = new Code("encounter-diagnosis", "Encounter Diagnosis");
    private static final Code LABORATORY = new Code("LAB", "Laboratory");
    private static final Code CLINICAL_NOTE = new Code("clinical-note", "Clinical Note");
    private static final Code SURGICAL = new Code("387713003", "Surgical procedure");
    private static final Code LONGITUDINAL = new Code("38717003", "Longitudinal care plan");
    private static final Code ASSESS_PLAN = new Code("assess-plan", "Assessment and Plan of Treatment");

    /** @param largeBytes 0, or how large the content inside a DocumentReference is */
    void write(JsonText json, Place place, Instant at, Draws draws, int largeBytes) {
        switch (place.type()) {
            case "Patient" -> patient(json, place, draws);
            case "Encounter" -> encounter(json, place, at);
            case "Condition" -> condition(json, place, at, draws);
            case "DiagnosticReport" -> report(json, place, at, draws);
            case "DocumentReference" -> document(json, place, at, draws, largeBytes);
            case "MedicationRequest" -> prescription(json, place, at, draws);
            case "Procedure" -> procedure(json, place, at, draws);
            case "Immunization" -> immunization(json, place, at, draws);
            case "AllergyIntolerance" -> allergy(json, place, at, draws);
            case "CarePlan" -> carePlan(json, place);
            case "CareTeam" -> careTeam(json, place);
            case "Goal" -> goal(json, place, draws);
            case "Provenance" -> provenance(json, place, at);
            default -> observation(json, place, at, draws);
        }
    }

    private void patient(JsonText json, Place place, Draws draws) {
        json.openList("identifier")
                .text("system", "http://hospital.example.org/mrn")
                .text("value", "MRN-" + place.patient())
                .closeList();
        json.openList("name")
                .text("use", "official")
                .text("family", draws.oneOf(Words.FAMILIES))
                .raw("given", "[\"Ann\",\"\uD83D\uDE00\"]")
                .closeList();
        json.text("gender", draws.below(2) == 0 ? "female" : "male").text("birthDate", "19" + (10 + draws.below(90)));
        json.reference("managingOrganization", "Organization", shared("Organization", place.patient()));
        json.openList("generalPractitioner")
                .reference("PractitionerRole", shared("PractitionerRole", place.patient()))
                .closeList();
    }

    private void encounter(JsonText json, Place place, Instant at) {
        json.text("status", "finished")
                .open("class")
                .text("system", CATEGORY + "v3-ActCode")
                .text("code", "AMB")
                .close();
        subject(json, place);
        json.open("period").text("start", at.toString()).close();
        json.openList("participant")
                .reference("individual", "Practitioner", shared("Practitioner", place.patient() + place.nth()))
                .closeList();
        json.openList("location")
                .reference("location", "Location", shared("Location", place.patient() + place.nth()))
                .closeList();
        json.reference("serviceProvider", "Organization", shared("Organization", place.patient()));
    }

    private void condition(JsonText json, Place place, Instant at, Draws draws) {
        json.concept("clinicalStatus", CATEGORY + "condition-clinical", new Code("active", "Active"));
        json.concepts("category", CATEGORY + "condition-category", ENCOUNTER_DIAGNOSIS);
        json.concept("code", Words.SNOMED, draws.oneOf(Words.PROBLEMS));
        subject(json, place);
        encounterOf(json, "encounter", place);
        json.text("onsetDateTime", at.toString());
    }

    private void observation(JsonText json, Place place, Instant at, Draws draws) {
        json.text("status", "final");
        json.concepts("category", CATEGORY + "observation-category", draws.oneOf(Words.CATEGORIES));
        json.concept("code", Words.LOINC, draws.oneOf(Words.MEASURED));
        subject(json, place);
        encounterOf(json, "encounter", place);
        json.text("effectiveDateTime", at.toString()).text("issued", at.toString());
        json.openList("performer")
                .reference("Practitioner", shared("Practitioner", place.patient() + place.nth() / 10))
                .closeList();
        json.open("valueQuantity")
                .raw("value", draws.oneOf(Words.DECIMALS))
                .text("unit", "mg\\/dL")
                .text("system", "http://unitsofmeasure.org")
                .text("code", "mg/dL")
                .close();
        json.openList("note").text("text", draws.oneOf(Words.TEXTS)).closeList();
        if (place.nth() % 20 == 0 && place.nth() + 1 < layout.count("Observation")) {
            json.openList("hasMember")
                    .reference("Observation", own("Observation", place, place.nth() + 1))
                    .closeList();
        }
    }

    private void report(JsonText json, Place place, Instant at, Draws draws) {
        json.text("status", "final");
        json.concepts("category", CATEGORY + "v2-0074", LABORATORY);
        json.concept("code", Words.LOINC, draws.oneOf(Words.MEASURED));
        subject(json, place);
        encounterOf(json, "encounter", place);
        json.text("effectiveDateTime", at.toString());
        json.openList("result");
        for (int i = 0; i < 5; i++) {
            (i == 0 ? json : json.next()).reference("Observation", own("Observation", place, place.nth() * 7 + i));
        }
        json.closeList();
    }

    private void document(JsonText json, Place place, Instant at, Draws draws, int largeBytes) {
        json.text("status", "current");
        json.concept("type", Words.LOINC, draws.oneOf(Words.NOTES));
        json.concepts(
                "category", "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", CLINICAL_NOTE);
        subject(json, place);
        json.text("date", at.toString());
        json.openList("author")
                .reference("PractitionerRole", shared("PractitionerRole", place.patient()))
                .closeList();
        json.openList("content").open("attachment").text("contentType", mediaType(place.nth()));
        if (largeBytes > 0) {
            json.text("data", Base64.getEncoder().encodeToString(new byte[largeBytes / 4 * 3]));
        } else {
            json.text("url", "Binary/" + own("DocumentReference", place, place.nth()));
        }
        json.close().closeList();
        json.open("context").openList("encounter");
        json.reference("Encounter", own("Encounter", place, place.nth()))
                .closeList()
                .close();
    }

    static String mediaType(int nth) {
        return Words.MEDIA_TYPES.get(nth % Words.MEDIA_TYPES.size());
    }

    private void prescription(JsonText json, Place place, Instant at, Draws draws) {
        json.text("status", "active").text("intent", "order");
        json.reference("medicationReference", "Medication", shared("Medication", place.patient() + place.nth()));
        subject(json, place);
        encounterOf(json, "encounter", place);
        json.text("authoredOn", at.toString());
        json.reference("requester", "Practitioner", shared("Practitioner", place.patient()));
        json.openList("dosageInstruction")
                .text("text", draws.oneOf(Words.TEXTS))
                .raw("asNeededBoolean", "false")
                .closeList();
    }

    private void procedure(JsonText json, Place place, Instant at, Draws draws) {
        json.text("status", "completed").concept("category", Words.SNOMED, SURGICAL);
        json.concept("code", Words.SNOMED, draws.oneOf(Words.DONE));
        subject(json, place);
        encounterOf(json, "encounter", place);
        json.text("performedDateTime", at.toString());
    }

    private void immunization(JsonText json, Place place, Instant at, Draws draws) {
        json.text("status", "completed").concept("vaccineCode", Words.CVX, draws.oneOf(Words.VACCINES));
        json.reference("patient", "Patient", patientId(place));
        encounterOf(json, "encounter", place);
        json.text("occurrenceDateTime", at.toString()).raw("primarySource", "true");
    }

    private void allergy(JsonText json, Place place, Instant at, Draws draws) {
        json.concept("code", Words.SNOMED, draws.oneOf(Words.PROBLEMS));
        json.reference("patient", "Patient", patientId(place)).text("recordedDate", at.toString());
    }

    private void carePlan(JsonText json, Place place) {
        json.text("status", "active").text("intent", "plan");
        json.openList("category")
                .openList("coding")
                .text("system", Words.SNOMED)
                .text("code", LONGITUDINAL.code())
                .next()
                .text("system", "http://hl7.org/fhir/us/core/CodeSystem/careplan-category")
                .text("code", ASSESS_PLAN.code())
                .closeList()
                .closeList();
        subject(json, place);
        json.openList("addresses")
                .reference("Condition", own("Condition", place, place.nth()))
                .closeList();
    }

    private void careTeam(JsonText json, Place place) {
        json.text("status", "active");
        subject(json, place);
        json.openList("participant")
                .reference("member", "Practitioner", shared("Practitioner", place.patient()))
                .closeList();
    }

    private void goal(JsonText json, Place place, Draws draws) {
        json.text("lifecycleStatus", "active")
                .open("description")
                .text("text", draws.oneOf(Words.TEXTS) + ".")
                .close();
        subject(json, place);
    }

    private void provenance(JsonText json, Place place, Instant at) {
        json.openList("target")
                .reference("Patient", patientId(place))
                .next()
                .reference("Observation", own("Observation", place, place.nth()))
                .next()
                .reference("Encounter", own("Encounter", place, place.nth()))
                .closeList();
        json.text("recorded", at.toString());
        json.openList("agent")
                .reference("who", "Practitioner", shared("Practitioner", place.patient()))
                .reference("onBehalfOf", "Organization", shared("Organization", place.patient()))
                .closeList();
    }

    private void subject(JsonText json, Place place) {
        json.reference("subject", "Patient", patientId(place));
    }

    private void encounterOf(JsonText json, String name, Place place) {
        json.reference(name, "Encounter", own("Encounter", place, place.nth()));
    }

    private String patientId(Place place) {
        return ids.of(layout.patient(place.patient()));
    }

    /** The id of a resource of the same patient; numbers beyond the last begin anew. */
    private String own(String type, Place place, int nth) {
        return ids.of(layout.first(type, place.patient()) + nth % layout.count(type));
    }

    private String shared(String type, int nth) {
        return new SharedResources(ids, layout).id(type, nth);
    }
}
