/**
 * The harness: real servers in process, the source simulator with its named faults, and a driver in domain words.
 * Used by every test above the unit, by the demo and by the benchmarks.
 */
package io.caravan.testing;
