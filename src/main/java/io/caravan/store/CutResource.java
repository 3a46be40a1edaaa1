package io.caravan.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One resource as it will be stored and delivered (product.md § 2 "Fidelity" and "Ids").
 *
 * @param type a known R4 resource type
 * @param id the id it lands under: scoped, or the original one
 * @param originalId the id at the source
 * @param lastUpdated {@code meta.lastUpdated}; empty where absent or not an instant with a zone
 * @param subsetted whether {@code meta.tag} or {@code meta.security} has the code SUBSETTED: parts are missing
 * @param patients original ids of the patients that own it, in source order, each once; a Patient's own id; empty where
 *     it names none
 * @param references what it points to at the same source, in source order, each once; empty for a Bundle or Parameters
 * @param results those of them that it names as its results or members
 * @param attachments what it keeps as a Binary at the same source; empty for a Bundle or Parameters
 * @param content the resource on one line of UTF-8 without a line end
 */
public record CutResource(
        String type,
        String id,
        String originalId,
        Optional<Instant> lastUpdated,
        boolean subsetted,
        List<String> patients,
        List<ReferenceTarget> references,
        List<ReferenceTarget> results,
        List<AttachmentLink> attachments,
        Content content) {

    public CutResource {
        patients = List.copyOf(patients);
        references = List.copyOf(references);
        results = List.copyOf(results);
        attachments = List.copyOf(attachments);
    }

    /** One that names no results and has no attachments. */
    public CutResource(
            String type,
            String id,
            String originalId,
            Optional<Instant> lastUpdated,
            boolean subsetted,
            List<String> patients,
            List<ReferenceTarget> references,
            byte[] content) {
        this(
                type,
                id,
                originalId,
                lastUpdated,
                subsetted,
                patients,
                references,
                List.of(),
                List.of(),
                Content.of(content));
    }
}
