package io.caravan.connection;

import java.time.Instant;
import java.util.List;

/**
 * The receipt of an erasure.
 *
 * @param erased how many records were blanked
 * @param kept how many were not, for another connection sees them
 * @param objects what was delivered earlier and may still hold a version of an erased record; rather too many than one too few
 */
public record Erasure(
        String connectionId,
        Instant erasedAt,
        long erased,
        long kept,
        List<TypeCount> types,
        List<StoredObject> objects,
        Deletion deletion) {

    /** What was erased and kept of one type. */
    public record TypeCount(String type, int erased, int kept) {}

    /**
     * An object at a destination, which may be removed by now.
     *
     * @param objectKey null where a try has not ended, or not well: it may have left an object in the run's folder
     */
    public record StoredObject(
            String destinationId, String destinationName, String runId, String objectKey, Instant deliveredAt) {}

    /**
     * How far the deletion has come, as of now.
     *
     * @param delivered whether every destination has been sent it
     * @param tombstones how many erased records' keys are still kept, to be sent
     */
    public record Deletion(boolean delivered, int tombstones, List<Served> destinations) {}

    /** Whether one destination has been sent the deletion. */
    public record Served(String destinationId, String name, boolean enabled, boolean delivered) {}
}
