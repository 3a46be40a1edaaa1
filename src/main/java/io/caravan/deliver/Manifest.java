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

    /**
     * A file of resources of one type; one of deletions has the type {@code Bundle}.
     *
     * @param count the resources in it, or how many are deleted by it
     * @param entry its name in the archive that {@code url} names; null where the object is the file
     * @param size of the object, and so is {@code sha256}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Output(String type, String url, String entry, int count, long size, String sha256) {}

    /**
     * A file that could not be delivered; it has no url, for there is no object.
     *
     * @param deleted true for a file of deletions, else null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Failed(String type, Boolean deleted, String code, String message) {}
}
