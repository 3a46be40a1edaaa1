package io.caravan.connection;

import io.caravan.support.ErrorCode;
import io.caravan.support.oauth.GrantedToken;
import io.caravan.support.oauth.OAuthClient;
import io.caravan.support.oauth.OAuthException;
import io.caravan.support.oauth.OAuthException.Reason;
import io.caravan.support.oauth.OAuthSettings;
import io.caravan.support.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What changes a connection's tokens, each in a transaction that holds its row: over all nodes there is one refresh at a
 * time, and what it gave is committed before anybody uses it, for a refresh token may be good for one use only.
 */
@Component
class TokenChanges {

    private static final Logger LOG = LoggerFactory.getLogger(TokenChanges.class);

    /** Beyond the longest exchange, for the statements around it. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final TokenRows rows;
    private final OAuthClient oauth;
    private final TokenSettings settings;
    private final Duration limit;
    private final TransactionTemplate transaction;

    TokenChanges(
            TokenRows rows,
            OAuthClient oauth,
            OAuthSettings oauthSettings,
            TokenSettings settings,
            PlatformTransactionManager transactions) {
        this.rows = rows;
        this.oauth = oauth;
        this.settings = settings;
        this.limit = oauthSettings.exchangeLimit().plus(SLACK);
        this.transaction = new TransactionTemplate(transactions);
    }

    /** What a transaction came to: a token, or why there is none, which is thrown once that is committed. */
    private record Outcome(Secret token, TokenException failure) {

        static Outcome of(Secret token) {
            return new Outcome(token, null);
        }

        static Outcome of(TokenException failure) {
            return new Outcome(null, failure);
        }
    }

    /** A refresh token that has been used, and what it gave. */
    private record Rotated(TokenRow row, GrantedToken granted) {}

    /**
     * A token newer than those of the row as it was seen: what another refresher stored since, or a new one.
     *
     * @throws TokenException where there is none
     */
    Secret refresh(TokenRow seen) {
        AtomicReference<Rotated> rotated = new AtomicReference<>();
        try {
            return committed(() -> refreshed(seen, rotated));
        } catch (CannotAcquireLockException e) {
            throw TokenException.passing(
                    ErrorCode.TOKEN_TIMEOUT,
                    "Another node has been refreshing the token for %d s.".formatted(limit.toSeconds()),
                    settings.firstWait());
        } catch (DataAccessException | TransactionException e) {
            if (rotated.get() == null) {
                throw e;
            }
            LOG.warn("The new token of {} could not be stored; once more", seen.id());
            return committed(() -> stored(rotated.get())); // the old one is worth nothing any more
        }
    }

    /**
     * The source does not accept this token (empty: none), and there is no way to another one: the connection ends here,
     * unless its token has been replaced meanwhile.
     */
    TokenException rejected(String orgId, String id, Optional<Secret> refused) {
        return transaction.execute(t -> {
            TokenRow row = rows.lock(orgId, id, limit);
            if (!row.active()) {
                return lost(row);
            }
            if (!Optional.ofNullable(row.credentials().accessToken()).equals(refused)) {
                return changedMeanwhile();
            }
            String why = refused.isPresent()
                    ? "The source no longer accepts the token."
                    : "The source asks for a token, and this connection has none.";
            return giveUp(row, ErrorCode.SOURCE_UNAUTHORIZED, why);
        });
    }

    /** Why nothing can be asked with the tokens of a connection that is not active. */
    static TokenException lost(TokenRow row) {
        return TokenException.reconnect(
                row.trouble() == null
                        ? "The connection is not active."
                        : row.trouble().message());
    }

    private Secret committed(Supplier<Outcome> change) {
        Outcome outcome = transaction.execute(t -> change.get());
        if (outcome.failure() != null) {
            throw outcome.failure();
        }
        return outcome.token();
    }

    private Outcome refreshed(TokenRow seen, AtomicReference<Rotated> rotated) {
        TokenRow row = rows.lock(seen.orgId(), seen.id(), limit);
        if (!row.active()) {
            return Outcome.of(lost(row));
        }
        Optional<Secret> newer = row.revision() == seen.revision() ? Optional.empty() : row.token(Duration.ZERO);
        if (newer.isPresent()) {
            return Outcome.of(newer.get());
        }
        if (row.untilDue().toMillis() > 0) {
            ConnectionTrouble trouble = row.trouble();
            ErrorCode code = ErrorCode.valueOf(trouble.code().toUpperCase(Locale.ROOT));
            return Outcome.of(failure(row, code, trouble.message(), row.untilDue()));
        }
        try {
            ConnectionCredentials credentials = row.credentials();
            rotated.set(new Rotated(row, oauth.refresh(credentials.endpoint(), credentials.refreshToken())));
        } catch (OAuthException e) {
            return Outcome.of(failed(row, e));
        }
        return stored(rotated.get());
    }

    private Outcome stored(Rotated rotated) {
        TokenRow row = rotated.row();
        GrantedToken granted = rotated.granted();
        String scope = granted.scope().orElse(row.scope());
        ConnectionCredentials credentials = row.credentials().refreshed(granted, row.readAt());
        return rows.store(row, credentials, scope) ? Outcome.of(granted.accessToken()) : Outcome.of(changedMeanwhile());
    }

    private TokenException failed(TokenRow row, OAuthException failure) {
        if (failure.reason() == Reason.INVALID_GRANT) {
            return giveUp(row, failure.code(), failure.getMessage());
        }
        Duration wait = settings.waitAfter(row.tries() + 1, failure.retryAfter().orElse(null));
        LOG.info("{} gets no token: {}", row.id(), failure.code().code());
        return rows.noteFailure(row, failure, wait)
                ? failure(row, failure.code(), failure.getMessage(), wait)
                : changedMeanwhile();
    }

    /** A failure that has passed for longer than anybody's patience does not pass by itself. */
    private TokenException failure(TokenRow row, ErrorCode code, String message, Duration wait) {
        Instant since = row.trouble() == null ? row.readAt() : row.trouble().since();
        boolean passes = code != ErrorCode.TOKEN_REFUSED
                && since.plus(settings.patience()).isAfter(row.readAt());
        return passes ? TokenException.passing(code, message, wait) : TokenException.ends(code, message);
    }

    private TokenException giveUp(TokenRow row, ErrorCode code, String why) {
        if (!rows.markLost(row, code.code(), why)) {
            return changedMeanwhile();
        }
        LOG.warn("{} has to be reconnected: {}", row.id(), code.code());
        return TokenException.reconnect(why);
    }

    private static TokenException changedMeanwhile() {
        return TokenException.passing(
                ErrorCode.TOKEN_ERROR, "The connection's credentials were replaced meanwhile.", Duration.ZERO);
    }
}
