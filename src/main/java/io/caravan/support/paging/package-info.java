/**
 * Lists a page at a time, by keyset: a cursor is the last key, never an offset.
 * Base floor; used by everyone.
 */
package io.caravan.support.paging;
