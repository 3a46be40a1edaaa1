/**
 * Where Caravan may connect to: one guard inside the resolver the clients themselves use, and clients made with it.
 * Whatever opens an outbound connection gets its client, or its resolver, from here.
 */
package io.caravan.support.net;
