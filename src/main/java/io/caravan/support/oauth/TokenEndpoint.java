package io.caravan.support.oauth;

import java.net.URI;

/**
 * Where tokens are asked for, and as whom.
 *
 * @param uri absolute, http or https; its query, if it has one, is sent along
 */
public record TokenEndpoint(URI uri, String clientId, ClientAuthentication authentication) {

    public TokenEndpoint {
        if (uri.getHost() == null || clientId.isBlank()) {
            throw new IllegalArgumentException("a token endpoint needs a host, and a client that asks");
        }
    }
}
