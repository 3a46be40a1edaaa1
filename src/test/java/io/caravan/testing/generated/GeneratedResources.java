package io.caravan.testing.generated;

import io.caravan.testing.generated.Layout.Place;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Resources by number, each a function of the seed, its number and its version: US-Core-like records of patients, and the
 * organizations, people, places and medications that they share. Every reference leads to another of them, every shared
 * one is referred to, and what no parser may touch (numbers, escapes, characters beyond the basic plane) is everywhere.
 */
public final class GeneratedResources {

    /**
     * What is generated.
     *
     * @param ofEachPatient resources of each patient, the Patient not among them
     * @param large how many DocumentReferences are of {@code largeBytes}
     */
    public record Plan(int patients, int ofEachPatient, long seed, IdStyle ids, int large, int largeBytes) {}

    /** The version of a resource: 1 at first; the time is when it changed last. */
    public record Version(int number, Instant at) {

        /** Of what never changed; the resource says when it was made itself. */
        public static final Version FIRST = new Version(1, Instant.EPOCH);
    }

    /** A resource's key; {@code patient} is whose it is, empty for a Patient itself and for what is shared. */
    public record Key(String type, String id, String patient) {}

    private static final Instant YEAR_2015 = Instant.parse("2015-01-01T00:00:00Z");
    private static final int TEN_YEARS_OF_MINUTES = 10 * 365 * 24 * 60;

    private final Plan plan;
    private final Layout layout;

    public GeneratedResources(Plan plan) {
        this.plan = plan;
        this.layout = new Layout(plan.patients(), plan.ofEachPatient());
        if (plan.large() > plan.patients()) {
            throw new IllegalArgumentException("at most one large resource a patient");
        }
    }

    /** How many there are; their numbers are those below. */
    public int count() {
        return layout.size();
    }

    public int patients() {
        return layout.patients();
    }

    /** All types, sorted. */
    public Set<String> types() {
        return layout.types();
    }

    /** Whether resources of this type are a patient's; the Patient itself is not. */
    public boolean isOfPatients(String type) {
        return layout.isOfPatients(type);
    }

    /** How many of this type each patient has, or all share; for Patient, how many there are. */
    public int count(String type) {
        return layout.count(type);
    }

    /** The number of the patient's first resource of this type; the others follow. */
    public int first(String type, int patient) {
        return layout.first(type, patient);
    }

    /** The number of the first shared resource of this type; the others follow. */
    public int first(String type) {
        return layout.first(type);
    }

    /** The number of a Patient, counted from 0. */
    public int patient(int patient) {
        return layout.patient(patient);
    }

    /** How the number's Patient is counted, from 0; -1 for what is shared. */
    public int patientOf(int number) {
        return layout.place(number).patient();
    }

    public String id(int number) {
        return plan.ids().of(number);
    }

    public Key key(int number) {
        Place place = layout.place(number);
        boolean owned = layout.isOfPatients(place.type());
        return new Key(place.type(), id(number), owned ? id(layout.patient(place.patient())) : "");
    }

    /** The number of the resource with this key; empty where there is none. */
    public OptionalInt find(String type, String id) {
        OptionalInt number = plan.ids().find(id);
        return number.isPresent()
                        && number.getAsInt() < count()
                        && layout.place(number.getAsInt()).type().equals(type)
                ? number
                : OptionalInt.empty();
    }

    /** When the resource changed last. */
    public Instant changed(int number, Version version) {
        return version.number() > 1
                ? version.at()
                : YEAR_2015.plusSeconds(60L * new Draws(plan.seed(), number, 0).below(TEN_YEARS_OF_MINUTES));
    }

    public byte[] json(int number, Version version) {
        Place place = layout.place(number);
        Draws draws = new Draws(plan.seed(), number, version.number());
        Instant changed = changed(number, version);
        JsonText json = new JsonText(place.type(), id(number));
        if (number % 7 != 3) { // the others have no meta
            json.open("meta")
                    .text("versionId", Integer.toString(version.number()))
                    .text("lastUpdated", changed.toString())
                    .close();
        }
        json.raw("text", Words.narrative(narrativeLength(draws), draws.oneOf(Words.TEXTS)));
        if (place.patient() < 0) {
            new SharedResources(plan.ids(), layout).write(json, place, draws);
        } else {
            new PatientResources(plan.ids(), layout).write(json, place, changed, draws, largeBytes(place));
        }
        return json.end();
    }

    /** One in a hundred has 50 KB. */
    private static int narrativeLength(Draws draws) {
        return draws.below(100) == 0 ? 50_000 : 100 + draws.below(900);
    }

    private int largeBytes(Place place) {
        if (plan.large() == 0 || !place.type().equals("DocumentReference") || place.nth() > 0) {
            return 0;
        }
        int step = plan.patients() / plan.large();
        return place.patient() % step == 0 && place.patient() / step < plan.large() ? plan.largeBytes() : 0;
    }

    /** The media type of the Binary that the DocumentReference of this number names, whose id is the same. */
    public String mediaType(int number) {
        return PatientResources.mediaType(layout.place(number).nth());
    }

    /** Its length in bytes. */
    public int attachmentLength(int number, Version version) {
        return 2_000 + new Draws(plan.seed(), number, version.number(), 1).below(38_000);
    }

    /** Its seed. */
    public long attachmentSeed(int number, Version version) {
        return new Draws(plan.seed(), number, version.number(), 2).next();
    }
}
