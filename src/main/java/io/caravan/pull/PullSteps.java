package io.caravan.pull;

import io.caravan.run.ClaimedPull;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The steps that concern a pull as a whole ({@code pull.camel.yaml}). */
@Component("pull")
class PullSteps {

    private final PullLedger ledger;
    private final Planner planner;

    PullSteps(PullLedger ledger, Planner planner) {
        this.ledger = ledger;
        this.planner = planner;
    }

    /**
     * The id of the pull that the trigger queued or found queued.
     *
     * @throws CaravanException {@code connection_not_active} where there is nothing to pull with
     */
    String request(@Body PullRequest request) {
        return ledger.request(request)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.CONNECTION_NOT_ACTIVE,
                        "Connection %s is not active: ask the patient to reconnect."
                                .formatted(request.connectionId())));
    }

    /**
     * The id of the pull, which asks for nothing more from now on.
     *
     * @throws CaravanException {@code conflict} where it has ended already
     */
    String cancel(@Body PullCancel cancel) {
        return ledger.cancel(cancel)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.CONFLICT,
                        "Pull %s has ended; there is nothing to cancel.".formatted(cancel.pullId())));
    }

    /**
     * The id of the queued pull that repeats what another was refused or failed at.
     *
     * @throws CaravanException {@code connection_not_active} where there is nothing to pull with, {@code nothing_to_retry}
     *     where the pull has not ended, or missed nothing that no later one has asked for
     */
    String retry(@Body PullRetry retry) {
        return ledger.retry(retry);
    }

    /** Stores the queries that the source allows. */
    void plan(@Body ClaimedPull pull) {
        planner.plan(pull);
    }
}
