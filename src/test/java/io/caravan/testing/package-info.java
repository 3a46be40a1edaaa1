/**
 * What tests of every floor share: databases, and the servers they talk to.
 * For tests only.
 */
package io.caravan.testing;
