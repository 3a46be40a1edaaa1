package io.caravan.deliver;

import io.caravan.destination.Meaning;
import io.caravan.destination.StoreAnswers;
import io.caravan.destination.fhir.FhirUnreachableException;
import io.caravan.run.ClaimedItem;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.oauth.OAuthException;
import io.caravan.support.secret.UnsealException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.CamelExchangeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a failure means for the item that met it: the last lines of the delivery routes' error policy. */
final class DeliveryFailures {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryFailures.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** What passes and says nothing of the destination. */
    private static final Set<ErrorCode> OURS = Set.of(ErrorCode.CANCELLED, ErrorCode.INTERNAL);

    private DeliveryFailures() {}

    static ItemFailure of(ClaimedItem item, Exception thrown) {
        DeliveryException failure = understand(item, thrown);
        return new ItemFailure(
                item.orgId(),
                item.id(),
                item.epoch(),
                failure.again(),
                failure.stopsRun(),
                Math.max(wait(item.attempts()).toMillis(), failure.askedToWait().toMillis()),
                failure.askedToWait().toMillis(),
                failure.again() && !OURS.contains(failure.code()),
                failure.code().code(),
                failure.getMessage());
    }

    /** Doubles from a second to a minute, with jitter; how long in all is {@code caravan.export.retry-for}. */
    static Duration wait(int attempts) {
        Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(Math.max(attempts - 1, 0), 10));
        Duration capped = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
        return capped.plusMillis(ThreadLocalRandom.current().nextLong(1 + capped.toMillis() / 5));
    }

    private static DeliveryException understand(ClaimedItem item, Exception thrown) {
        if (thrown instanceof CamelExchangeException split && split.getCause() instanceof Exception cause) {
            return understand(item, cause); // a split that stops at a failure wraps it
        }
        if (thrown instanceof DeliveryException known) {
            return known;
        }
        if (thrown instanceof UnsealException sealed) {
            return DeliveryException.refusedAltogether(ErrorCode.CREDENTIALS_UNREADABLE, sealed.getMessage());
        }
        if (thrown instanceof FhirUnreachableException silent) {
            return DeliveryException.passing(silent.code(), silent.getMessage());
        }
        if (thrown instanceof OAuthException noToken) {
            return noToken.again()
                    ? DeliveryException.passing(
                            noToken.code(),
                            noToken.getMessage(),
                            noToken.retryAfter().orElse(Duration.ZERO))
                    : DeliveryException.refusedAltogether(noToken.code(), noToken.getMessage());
        }
        if (thrown instanceof CaravanException known) {
            return DeliveryException.permanent(known.code(), known.getMessage());
        }
        Optional<Meaning> answer = StoreAnswers.explain(thrown);
        if (answer.isPresent()) {
            return of(answer.get());
        }
        LOG.error("{} met an unexpected failure", item.id(), thrown);
        return DeliveryException.passing(
                ErrorCode.INTERNAL, "Something went wrong inside Caravan; the log names it by this id.");
    }

    private static DeliveryException of(Meaning meaning) {
        if (meaning.again()) {
            return DeliveryException.passing(meaning.code(), meaning.words(), meaning.askedToWait());
        }
        return meaning.altogether()
                ? DeliveryException.refusedAltogether(meaning.code(), meaning.words())
                : DeliveryException.permanent(meaning.code(), meaning.words());
    }
}
