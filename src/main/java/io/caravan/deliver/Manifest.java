package io.caravan.deliver;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * The last object of a run: a Bulk Data manifest (FHIR Bulk Data Access 2.0.0, "Response - Complete Status") with sizes
 * and digests, and an extension that names the run and its window. {@code url} is relative to the manifest.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Manifest(
        String transactionTime,
        String request,
        boolean requiresAccessToken,
        List<Output> output,
        List<Output> deleted,
        List<Failed> error,
        Map<String, Object> extension) {

    record Output(String type, String url, int count, long size, String sha256) {}

    /** A file that could not be delivered; it has no url, for there is no object. */
    record Failed(String type, String code, String message) {}
}
