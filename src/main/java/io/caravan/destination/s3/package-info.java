/**
 * Amazon's S3 client over Caravan's guarded HTTP client.
 * Record floor, a part of destination; used by its parent alone.
 */
package io.caravan.destination.s3;
