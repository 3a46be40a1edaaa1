/**
 * Tenants, and who may call for them: API keys and the accounts of people.
 * Record floor; used by the edge floor, ids only between record packages.
 */
package io.caravan.organization;
