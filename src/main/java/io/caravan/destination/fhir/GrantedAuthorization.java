package io.caravan.destination.fhir;

import io.caravan.support.oauth.GrantedToken;
import io.caravan.support.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tokens by client credentials: each is used until shortly before it ends, and asked for by one of those who need it
 * while the others wait for that one's answer.
 */
public final class GrantedAuthorization implements Authorization {

    /** A token is not used in the last part of its life: the request that carries it takes time, too. */
    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

    private static final int MARGIN_PARTS = 5;

    private final Supplier<GrantedToken> endpoint;
    private final Clock clock;
    private Secret current;
    private Instant usableUntil = Instant.MIN;
    private RuntimeException failure;
    private Instant failedAt = Instant.MIN;

    /** @param endpoint asks for a token, over the network */
    public GrantedAuthorization(Supplier<GrantedToken> endpoint, Clock clock) {
        this.endpoint = endpoint;
        this.clock = clock;
    }

    @Override
    public Optional<Secret> token() {
        Instant came = clock.instant();
        synchronized (this) {
            if (current == null || !clock.instant().isBefore(usableUntil)) {
                if (failure != null && !failedAt.isBefore(came)) {
                    throw failure; // it failed while this one waited
                }
                ask();
            }
            return Optional.of(current);
        }
    }

    private void ask() {
        Instant asked = clock.instant();
        current = null;
        try {
            GrantedToken granted = endpoint.get();
            current = granted.accessToken();
            usableUntil = granted.expiresAt(asked)
                    .map(end -> end.minus(margin(Duration.between(asked, end))))
                    .orElse(Instant.MAX); // the endpoint does not say: until it is refused
        } catch (RuntimeException e) {
            failure = e;
            failedAt = clock.instant();
            throw e;
        }
    }

    private static Duration margin(Duration life) {
        Duration part = life.dividedBy(MARGIN_PARTS);
        return part.compareTo(LONGEST_MARGIN) < 0 ? part : LONGEST_MARGIN;
    }

    /** Another one may have got a new token meanwhile: then that is the one to try. */
    @Override
    public synchronized boolean renew(Secret refused) {
        if (refused.equals(current)) {
            current = null;
        }
        return true;
    }
}
