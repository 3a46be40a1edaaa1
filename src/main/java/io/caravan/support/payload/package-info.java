/**
 * Answers as bytes, however long: in memory while they are few, else in a private file without a name.
 * Whoever receives one closes it, or hands it on to somebody who does.
 */
package io.caravan.support.payload;
