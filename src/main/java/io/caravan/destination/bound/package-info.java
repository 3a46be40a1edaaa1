/**
 * Who uses which client of a destination, and when one may be closed.
 * Record floor, a part of destination; used by its parent alone.
 */
package io.caravan.destination.bound;
