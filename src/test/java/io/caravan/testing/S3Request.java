package io.caravan.testing;

import java.time.Instant;

/**
 * One request that an {@link S3Server} answered.
 *
 * @param bucket empty for requests about no bucket
 * @param key decoded; empty for requests about no object
 * @param query as sent; empty if there was none
 */
public record S3Request(Instant at, String method, String bucket, String key, String query, int status) {

    /** An object, or a part of one, being uploaded. */
    public boolean isPut() {
        return method.equals("PUT") && !key.isEmpty();
    }

    /** Whether the request was about this object. */
    public boolean isFor(String bucket, String key) {
        return this.bucket.equals(bucket) && this.key.equals(key);
    }

    S3Request answered(int status) {
        return new S3Request(at, method, bucket, key, query, status);
    }
}
