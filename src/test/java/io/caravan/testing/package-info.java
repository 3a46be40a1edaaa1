/**
 * The harness: real servers in process that tests and the development application talk to, with faults that have names.
 * Test floor; used by every test, uses nothing of Caravan itself.
 */
package io.caravan.testing;
