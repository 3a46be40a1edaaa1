package io.caravan.destination.fhir;

import io.caravan.destination.fhir.Outcomes.Outcome;

/**
 * {@code Bundle.entry.response}.
 *
 * @param status 0 where there is none that can be read
 * @param location null where none is given
 * @param outcome {@link Outcome#NONE} where none is given
 */
record EntryAnswer(int status, String location, Outcome outcome) {

    boolean success() {
        return status >= 200 && status <= 299;
    }

    /** Whether the answer names another resource than this one: then it answers something else. */
    boolean namesAnother(SentBundle.Entry sent) {
        if (location == null) {
            return false;
        }
        String path = location.replaceFirst("/_history(/.*)?$", "").replaceFirst("/+$", "");
        String[] parts = path.split("/");
        int last = parts.length - 1;
        if (last < 1 || !parts[last - 1].matches("[A-Z][A-Za-z]+")) {
            return false; // not the form of a resource's address: it names none
        }
        return !parts[last - 1].equals(sent.type()) || !parts[last].equals(sent.id());
    }
}
