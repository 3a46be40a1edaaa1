package io.caravan.connection;

import io.caravan.support.Checks;
import java.util.regex.Pattern;

/**
 * A completed grant: whose, where, and what it gave.
 *
 * @param scope what was granted; null where the source did not say
 * @param requestedScope what was asked for; null where that is not known
 */
public record ConnectionDraft(
        String sourceId, String patientId, String scope, String requestedScope, ConnectionCredentials credentials) {

    private static final Pattern SOURCE = Pattern.compile("src_[0-9a-f]{32}");
    private static final Pattern PATIENT = Pattern.compile("(?!\\.{1,2}$)[^\\s/?#%\\\\]{1,200}");

    public ConnectionDraft {
        credentials = credentials == null ? ConnectionCredentials.NONE : credentials;
    }

    Grant grant() {
        return new Grant(scope, requestedScope, credentials);
    }

    void check() {
        new Checks()
                .text("source_id", sourceId, 40)
                .matches("source_id", sourceId, SOURCE, "must be the id of a source")
                .text("patient_id", patientId, 200)
                .matches(
                        "patient_id",
                        patientId,
                        PATIENT,
                        "must be the id of the Patient at the source, as it stands there")
                .done();
        grant().check();
    }
}
