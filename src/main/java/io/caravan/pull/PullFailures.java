package io.caravan.pull;

import io.caravan.connection.TokenException;
import io.caravan.run.ClaimedPull;
import io.caravan.source.SourceException;
import io.caravan.store.PageUnreadableException;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.secret.UnsealException;
import java.time.Duration;
import java.util.Locale;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What a failure means for the pull or task that met it: the last lines of the pull routes' error policy. */
@Component("pullFailures")
class PullFailures {

    private static final Logger LOG = LoggerFactory.getLogger(PullFailures.class);

    private final Patience patience;

    PullFailures(Patience patience) {
        this.patience = patience;
    }

    TaskFailure ofTask(@Variable("task") PullTask task, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        SourceException failure = asSourceFailure(thrown, task.claim().id());
        boolean again = patience.lasts(failure, task.claim().attempts());
        return new TaskFailure(
                task.claim().orgId(),
                task.claim().id(),
                task.claim().epoch(),
                again ? "pending" : failure.outcome().name().toLowerCase(Locale.ROOT),
                again ? patience.before(failure, task.claim().attempts()).toMillis() : 0,
                again && failure.retryAfter().isPresent(),
                failure.code() == ErrorCode.PAGING_EXPIRED,
                failure.code().code(),
                failure.getMessage());
    }

    SimplerQuery simpler(@ExchangeProperty("CamelExceptionCaught") QueryRefusedException refused) {
        return refused.simpler();
    }

    TokenMissing ofToken(
            @Variable("task") PullTask task, @ExchangeProperty("CamelExceptionCaught") TokenException missing) {
        return new TokenMissing(
                task.claim().orgId(),
                task.claim().id(),
                task.claim().epoch(),
                missing.waiting().isPresent(),
                missing.waiting().orElse(Duration.ZERO).toMillis(),
                missing.code().code(),
                missing.getMessage());
    }

    PullFailure ofPull(@Variable("pull") ClaimedPull pull, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        if (thrown instanceof TokenException missing) {
            return withoutToken(pull, missing);
        }
        SourceException failure = asSourceFailure(thrown, pull.id());
        boolean again = pull.step().equals("settle") || patience.lasts(failure, pull.attempts());
        return new PullFailure(
                pull.orgId(),
                pull.id(),
                pull.epoch(),
                again,
                true,
                again ? patience.before(failure, pull.attempts()).toMillis() : 0,
                failure.code().code(),
                failure.getMessage());
    }

    private static PullFailure withoutToken(ClaimedPull pull, TokenException missing) {
        return new PullFailure(
                pull.orgId(),
                pull.id(),
                pull.epoch(),
                missing.waiting().isPresent(),
                missing.waiting().isEmpty(),
                missing.waiting().orElse(Duration.ZERO).toMillis(),
                missing.code().code(),
                missing.getMessage());
    }

    private static SourceException asSourceFailure(Exception thrown, String id) {
        if (thrown instanceof SourceException failure) {
            return failure;
        }
        if (thrown instanceof PageUnreadableException unreadable) {
            return SourceException.permanent(
                    ErrorCode.SOURCE_NOT_FHIR, SourceException.Outcome.FAILED, unreadable.getMessage());
        }
        if (thrown instanceof UnsealException sealed) {
            return SourceException.permanent(
                    ErrorCode.CREDENTIALS_UNREADABLE, SourceException.Outcome.FAILED, sealed.getMessage());
        }
        if (thrown instanceof CaravanException known) {
            return SourceException.permanent(known.code(), SourceException.Outcome.FAILED, known.getMessage());
        }
        LOG.error("{} met an unexpected failure", id, thrown);
        return SourceException.passing(
                ErrorCode.INTERNAL, "Something went wrong inside Caravan; the log names it by this id.", null);
    }
}
