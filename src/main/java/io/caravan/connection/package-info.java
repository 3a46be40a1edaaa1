/**
 * What a patient's grant at a source is, and its queries.
 * Record floor; used by the flow and edge floors, ids only between record packages.
 */
package io.caravan.connection;
