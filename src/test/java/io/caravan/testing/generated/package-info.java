/**
 * Resources that are made when they are asked for, each a function of a seed and of its number, so that a source can have
 * a million of them and hold none. Knows nothing of HTTP; the source simulator serves them.
 */
package io.caravan.testing.generated;
