package io.caravan.pull;

/**
 * One query of a plan.
 *
 * @param query relative to the source's base
 * @param fullWalk whether a search returns everything there is, not only what has changed
 * @param key what of a search stays the same from pull to pull; null for what is no search
 */
record PlannedTask(String kind, int phase, String type, String query, boolean fullWalk, String key) {

    static PlannedTask patient(String encodedId) {
        return new PlannedTask("read", 0, "Patient", "Patient/" + encodedId, false, null);
    }

    static PlannedTask search(String type, String query, boolean fullWalk, String key) {
        return new PlannedTask("search", 1, type, query, fullWalk, key);
    }

    static PlannedTask references() {
        return new PlannedTask("references", 2, "*", "", false, null);
    }

    static PlannedTask vanished() {
        return new PlannedTask("vanished", 4, "*", "", false, null);
    }
}
