/**
 * Running Caravan: security, first start, health.
 * The top floor, beside {@code api}; nobody uses it.
 */
package io.caravan.ops;
