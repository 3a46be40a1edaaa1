package io.caravan.export;

import io.caravan.destination.Destination;
import io.caravan.destination.Destinations;
import io.caravan.destination.FhirSettings;
import io.caravan.destination.FileType;
import io.caravan.destination.StoreSettings;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Run;
import io.caravan.run.RunCancel;
import io.caravan.run.RunRepeat;
import io.caravan.run.RunRequest;
import io.caravan.run.RunRetry;
import io.caravan.run.Runs;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps of the export routes ({@code trigger.camel.yaml}, {@code export.camel.yaml}). */
@Component("export")
class ExportSteps {

    private static final Logger LOG = LoggerFactory.getLogger(ExportSteps.class);

    private final RunLedger ledger;
    private final Runs runs;
    private final Destinations destinations;

    ExportSteps(RunLedger ledger, Runs runs, Destinations destinations) {
        this.ledger = ledger;
        this.runs = runs;
        this.destinations = destinations;
    }

    /**
     * The id of the run that carries what failed in another.
     *
     * @throws CaravanException {@code destination_disabled} or {@code nothing_to_retry}
     */
    String retry(@Body RunRetry retry) {
        Run run = runs.get(retry.orgId(), retry.runId());
        Destination destination = destinations.get(retry.orgId(), run.destinationId());
        if (!destination.enabled()) {
            throw disabled(destination.id());
        }
        return ledger.retry(retry)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.NOTHING_TO_RETRY,
                        "Run %s has no failed work that is still undelivered.".formatted(retry.runId())));
    }

    /** Queues the run that carries what failed in another, for later; none where somebody else did meanwhile. */
    void repeat(@Body RunRepeat repeat) {
        ledger.repeat(repeat);
    }

    /**
     * The id of the run that was queued, or found queued, and starts as soon as it can.
     *
     * @throws CaravanException {@code destination_disabled}
     */
    String request(@Body RunRequest request) {
        return ledger.request(request).orElseThrow(() -> disabled(request.destinationId()));
    }

    /**
     * The id of the run, which delivers nothing more after the items in flight.
     *
     * @throws CaravanException {@code conflict} where it has ended already
     */
    String cancel(@Body RunCancel cancel) {
        return ledger.cancel(cancel)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.CONFLICT, "Run %s has ended; there is nothing to cancel.".formatted(cancel.runId())));
    }

    private static CaravanException disabled(String destinationId) {
        return new CaravanException(
                ErrorCode.DESTINATION_DISABLED,
                "Destination %s is disabled: enable it, then ask again.".formatted(destinationId));
    }

    /** Cuts the run's window into items. */
    void plan(@Body ClaimedRun run) {
        Destination destination = destinations.get(run.orgId(), run.destinationId());
        if (destination.settings() instanceof FhirSettings) {
            ledger.planBundles(run);
            return;
        }
        StoreSettings storage = (StoreSettings) destination.settings();
        ledger.plan(run, storage.targetFileSize(), storage.packing() == FileType.NDJSON_ZIP);
    }

    /** What kept a run from being planned or settled; it is tried again when its lease has run out. */
    RunFailure failure(@Variable("run") ClaimedRun run, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        if (thrown instanceof CaravanException known) {
            return new RunFailure(
                    run.orgId(), run.id(), run.epoch(), known.code().code(), known.getMessage());
        }
        LOG.error("{} met an unexpected failure", run.id(), thrown);
        return new RunFailure(
                run.orgId(),
                run.id(),
                run.epoch(),
                ErrorCode.INTERNAL.code(),
                "Something went wrong inside Caravan; the log names it by this id.");
    }
}
