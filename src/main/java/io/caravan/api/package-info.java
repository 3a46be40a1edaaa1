/**
 * HTTP for the dashboard: reads, administration, and problem+json for everything that goes wrong.
 * The top floor, beside {@code ops}; nobody uses it.
 */
package io.caravan.api;
