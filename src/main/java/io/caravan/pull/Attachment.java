package io.caravan.pull;

import java.util.Optional;

/**
 * A Binary as one of the records that name it describes it.
 *
 * @param binaryId as the source spells it
 * @param contentType as the record declares it; empty where it does not
 * @param size in bytes, as the record declares it; empty where it does not
 * @param ofPatient whether the record is a patient's
 */
record Attachment(String binaryId, Optional<String> contentType, Optional<Long> size, boolean ofPatient) {}
