/**
 * What it is to write to a FHIR R4 server: bundles, what is answered to them, and what that means.
 * Part of the record floor; knows nothing of runs and items.
 */
package io.caravan.destination.fhir;
