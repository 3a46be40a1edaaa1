/**
 * Records as they left their source: cut, scoped, landed and read again, byte for byte.
 * Record floor; used by the flow and edge floors, ids only between record packages.
 */
package io.caravan.store;
