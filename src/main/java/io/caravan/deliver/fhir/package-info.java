/**
 * How items reach FHIR servers: key ranges sent bundle after bundle, each stored with what became of its entries.
 * Part of the delivery flow; its routes are those of {@code deliver-fhir.camel.yaml}.
 */
package io.caravan.deliver.fhir;
