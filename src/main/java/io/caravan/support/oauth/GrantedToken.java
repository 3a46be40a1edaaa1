package io.caravan.support.oauth;

import io.caravan.support.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a token endpoint granted (RFC 6749 § 5.1).
 *
 * @param expiresIn how long the token lives; empty where the endpoint did not say
 * @param refreshToken the one to use from now on; empty where the old one stays
 * @param scope what is granted; empty where that is what was asked for
 */
public record GrantedToken(
        Secret accessToken, Optional<Duration> expiresIn, Optional<Secret> refreshToken, Optional<String> scope) {

    /** When the token ends, for one that was asked for at this time; not later than it really does. */
    public Optional<Instant> expiresAt(Instant asked) {
        return expiresIn.map(asked::plus);
    }
}
