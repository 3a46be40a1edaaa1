package io.caravan.store;

import java.util.Optional;

/**
 * An attachment that its source keeps as a Binary, as the resource that holds it describes it (R4 § Attachment).
 *
 * @param binaryId the Binary's id at the source
 * @param contentType as declared beside the url; empty where it is not
 * @param size of the content in bytes, as declared; empty where it is not
 */
public record AttachmentLink(String binaryId, Optional<String> contentType, Optional<Long> size) {}
