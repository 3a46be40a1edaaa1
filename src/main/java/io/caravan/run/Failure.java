package io.caravan.run;

/** Why something failed: a stable code, and a message fit for the dashboard. */
public record Failure(String code, String message) {

    /** Null where nothing failed. */
    static Failure of(String code, String message) {
        return code == null ? null : new Failure(code, message);
    }
}
