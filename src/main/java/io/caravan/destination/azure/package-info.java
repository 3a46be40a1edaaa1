/**
 * The Azure SDK's requests over Caravan's guarded HTTP client.
 * Record floor, a part of destination; used by its parent alone.
 */
package io.caravan.destination.azure;
