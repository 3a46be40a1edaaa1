package io.caravan.leave;

/**
 * Who is erased.
 *
 * @param patientId in landed form; null where the connection says no longer whose it was
 */
record Leaver(String orgId, String connectionId, String sourceId, String patientId) {}
