package io.caravan.store;

import java.util.Map;

/**
 * Which elements name the results that a record is made of (sources leave some of them out of their searches). Data,
 * not code.
 */
final class Results {

    private static final Map<String, String> BY_TYPE = Map.of("DiagnosticReport", "result", "Observation", "hasMember");

    private Results() {}

    /** @param field a field of the resource itself that holds a list of references */
    static boolean names(String type, String field) {
        return field.equals(BY_TYPE.get(type));
    }
}
