/**
 * What a destination is, its settings, sealed credentials and clients.
 * Record floor; used by the flow and edge floors, ids only between record packages.
 */
package io.caravan.destination;
