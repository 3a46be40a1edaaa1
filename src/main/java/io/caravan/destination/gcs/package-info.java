/**
 * Google's storage client over Caravan's guarded HTTP client, and the service accounts that it signs in as.
 * Record floor, a part of destination; used by its parent alone.
 */
package io.caravan.destination.gcs;
