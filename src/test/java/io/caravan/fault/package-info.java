/**
 * The fault harness: real PostgreSQL, real servers and nodes, a seeded nemesis, and a checker of what came of it.
 * docs/faults.md says which fault is shown where.
 */
package io.caravan.fault;
