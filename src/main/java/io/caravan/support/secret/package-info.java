/**
 * Secrets that cannot print, and the sealing of them into one column of one row.
 * Record packages seal and unseal; others pass {@code Secret}s on without looking into them.
 */
package io.caravan.support.secret;
