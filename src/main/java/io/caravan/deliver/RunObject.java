package io.caravan.deliver;

/**
 * An item of a run as its manifest lists it: an object at the destination, one entry of an archive, or what failed.
 *
 * @param deleted whether it is of deletions
 */
public record RunObject(
        String resourceType,
        boolean deleted,
        String status,
        String objectKey,
        String entry,
        int delivered,
        long bytes,
        String sha256,
        String etag,
        String errorCode,
        String errorMessage) {

    boolean there() {
        return status.equals("delivered");
    }
}
