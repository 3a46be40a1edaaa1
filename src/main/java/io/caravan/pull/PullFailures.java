package io.caravan.pull;

import io.caravan.connection.TokenException;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
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
        if (thrown instanceof SourceRestsException rests) {
            return TaskFailure.untried(task, rests);
        }
        if (thrown instanceof TokenException token && token.waiting().isPresent()) {
            return TaskFailure.untried(task, token.waiting().get(), token);
        }
        ClaimedTask claim = task.claim();
        SourceException failure = asSourceFailure(thrown, claim.id());
        boolean again = patience.lasts(claim.profile(), failure, task.tries());
        return new TaskFailure(
                claim.orgId(),
                claim.id(),
                claim.epoch(),
                again ? "pending" : failure.outcome().name().toLowerCase(Locale.ROOT),
                again ? patience.before(claim.profile(), failure, task.tries()).toMillis() : 0,
                hold(claim.profile(), failure, task.tries()),
                true,
                task.tries(),
                failure.code() == ErrorCode.PAGING_EXPIRED,
                failure.code().code(),
                failure.getMessage());
    }

    SimplerQuery simpler(@ExchangeProperty("CamelExceptionCaught") QueryRefusedException refused) {
        return refused.simpler();
    }

    PullFailure ofPull(@Variable("pull") ClaimedPull pull, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        if (thrown instanceof SourceRestsException rests) {
            return PullFailure.untried(pull, rests);
        }
        if (thrown instanceof TokenException token && token.waiting().isPresent()) {
            return PullFailure.untried(pull, token.waiting().get(), token);
        }
        SourceException failure = asSourceFailure(thrown, pull.id());
        boolean again = pull.step().equals("settle") || patience.lasts(pull.profile(), failure, pull.attempts());
        return new PullFailure(
                pull.orgId(),
                pull.id(),
                pull.epoch(),
                again,
                again
                        ? patience.before(pull.profile(), failure, pull.attempts())
                                .toMillis()
                        : 0,
                hold(pull.profile(), failure, pull.attempts()),
                true,
                failure.code().code(),
                failure.getMessage());
    }

    private long hold(String profile, SourceException failure, int tries) {
        return patience.held(profile, failure, tries).map(Duration::toMillis).orElse(0L);
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
