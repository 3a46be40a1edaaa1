/**
 * Tokens from OAuth 2.0 token endpoints, for connections and destinations alike.
 * Base floor; knows neither: it is told where to ask, as whom, and how that is proven.
 */
package io.caravan.support.oauth;
