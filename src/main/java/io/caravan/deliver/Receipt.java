package io.caravan.deliver;

import io.caravan.run.ClaimedItem;

/** What was delivered: counts and digests of the object, null and zero where everything was superseded. */
public record Receipt(
        String orgId,
        String id,
        int epoch,
        String objectKey,
        long bytes,
        String sha256,
        String etag,
        int delivered,
        int superseded) {

    static Receipt of(ClaimedItem item, Spool spool, String objectKey, String etag, int superseded) {
        return spool.empty()
                ? new Receipt(item.orgId(), item.id(), item.epoch(), null, 0, null, null, 0, superseded)
                : new Receipt(
                        item.orgId(),
                        item.id(),
                        item.epoch(),
                        objectKey,
                        spool.bytes(),
                        spool.sha256(),
                        etag,
                        spool.records(),
                        superseded);
    }
}
