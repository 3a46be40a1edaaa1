package io.caravan.deliver.fhir;

import io.caravan.deliver.DeliveryException;
import io.caravan.deliver.Receipt;
import io.caravan.destination.DestinationClients;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.FhirSettings;
import io.caravan.destination.fhir.BundleAnswers;
import io.caravan.destination.fhir.BundleVerdict;
import io.caravan.destination.fhir.BundleVerdict.Failed;
import io.caravan.destination.fhir.BundleVerdict.Fates;
import io.caravan.destination.fhir.BundleVerdict.Smaller;
import io.caravan.destination.fhir.BundleVerdict.Smaller.Reason;
import io.caravan.destination.fhir.EntryFate;
import io.caravan.destination.fhir.FhirAnswer;
import io.caravan.destination.fhir.FhirAnswered;
import io.caravan.run.ClaimedItem;
import io.caravan.run.Leases;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps of {@code deliver-fhir.camel.yaml}. */
@Component("bundles")
class BundleSteps {

    private static final Logger LOG = LoggerFactory.getLogger(BundleSteps.class);
    private static final long FEWEST_BYTES = 16 << 10;

    private final BundleLedger ledger;
    private final BundleSettings settings;
    private final DestinationForms forms;
    private final DestinationClients clients;
    private final Leases leases;

    BundleSteps(
            BundleLedger ledger,
            BundleSettings settings,
            DestinationForms forms,
            DestinationClients clients,
            Leases leases) {
        this.ledger = ledger;
        this.settings = settings;
        this.forms = forms;
        this.clients = clients;
        this.leases = leases;
    }

    /** The item with its destination's settings and the name of its client. */
    FhirItem open(@Variable("claim") ClaimedItem claim) {
        FhirSettings server = (FhirSettings) forms.read(claim.destinationType(), claim.settings());
        return new FhirItem(claim, server, client(claim, server, claim.revision()));
    }

    /** The item's bundles from where it had come to, the next one at hand. */
    BundleQueue queue(@Variable("item") FhirItem item) {
        BundleSource source = item.repeats() ? new RepeatedBundles(item, ledger) : new RangeBundles(item, ledger);
        BundleQueue queue = new BundleQueue(item, source, ledger);
        queue.fill(limits(item));
        return queue;
    }

    private String client(ClaimedItem claim, FhirSettings server, int revision) {
        return clients.bind(claim.holder(), claim.orgId(), claim.destinationId(), server, revision)
                .name();
    }

    /**
     * The item with a client that has the credentials of now.
     *
     * @throws DeliveryException where no bundle may be sent now: the server asked to be left alone, or the run was cancelled
     */
    FhirItem ready(@Variable("item") FhirItem item) {
        BundleLedger.Way way = ledger.way(item.claim());
        if (way.cancelRequested()) {
            throw DeliveryException.passing(ErrorCode.CANCELLED, "The run was cancelled.");
        }
        if (way.waitMillis() > 0) {
            throw DeliveryException.mustWait(Duration.ofMillis(way.waitMillis()));
        }
        return new FhirItem(item.claim(), item.server(), client(item.claim(), item.server(), way.revision()));
    }

    /** The bundle at hand, as it is posted. */
    String next(@Variable("item") FhirItem item, @Variable("queue") BundleQueue queue) {
        String bundle = queue.next().text();
        leases.checkOnce(item.claim()); // camel-fhir posts on a thread of its own, and the item goes on there
        return bundle;
    }

    /** The body of a success. */
    FhirAnswer taken(@Body String answer) {
        return new FhirAnswer(200, "application/fhir+json", null, answer.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Any other answer. What carried it out of camel-fhir prints the bundle, and ends here.
     *
     * @throws CaravanException where there was none
     */
    FhirAnswer refused(@ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        return FhirAnswered.among(thrown).orElseThrow(() -> withoutAnswer(thrown));
    }

    private static CaravanException withoutAnswer(Exception thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof CaravanException known) {
                return known;
            }
        }
        LOG.error("A bundle met an unexpected {}", thrown.getClass().getName());
        return DeliveryException.passing(
                ErrorCode.INTERNAL, "Something went wrong inside Caravan while a bundle was sent.");
    }

    /**
     * Stores what the answer means for each entry, or makes the bundle smaller; and puts the next one at hand.
     *
     * @throws DeliveryException where nothing more can be sent for now, or at all
     */
    void keep(
            @Variable("item") FhirItem item,
            @Variable("queue") BundleQueue queue,
            @Variable("answer") FhirAnswer answer) {
        BundleVerdict verdict = judge(queue, answer);
        if (verdict instanceof Failed failed) {
            throw failed(item, failed);
        }
        if (verdict instanceof Smaller smaller) {
            learn(item, queue, smaller.reason());
            queue.halve(smaller.reason() == Reason.ONE_ENTRY);
        } else {
            store(item, queue, (Fates) verdict);
        }
        queue.fill(limits(item));
    }

    private static BundleVerdict judge(BundleQueue queue, FhirAnswer answer) {
        OutgoingBundle bundle = queue.next();
        BundleVerdict verdict = BundleAnswers.judge(bundle.sent(), answer, queue.tries());
        boolean circle = bundle.form() == OutgoingBundle.Form.CIRCLE;
        return circle && verdict instanceof Smaller ? BundleAnswers.together(bundle.sent(), answer) : verdict;
    }

    private DeliveryException failed(FhirItem item, Failed failed) {
        if (failed.retryAfter() != null && failed.again()) {
            ledger.pause(item.claim(), failed.retryAfter());
            return DeliveryException.passing(failed.code(), failed.words(), failed.retryAfter());
        }
        if (failed.again()) {
            return DeliveryException.passing(failed.code(), failed.words());
        }
        return failed.altogether()
                ? DeliveryException.refusedAltogether(failed.code(), failed.words())
                : DeliveryException.permanent(failed.code(), failed.words());
    }

    private void learn(FhirItem item, BundleQueue queue, Reason reason) {
        OutgoingBundle refused = queue.next();
        if (reason == Reason.ENTRIES) {
            ledger.learn(item.claim(), (refused.records().size() + 1) / 2, null);
        } else if (reason == Reason.BYTES) {
            ledger.learn(item.claim(), null, Math.max(FEWEST_BYTES, refused.contentBytes() / 2));
        }
    }

    private void store(FhirItem item, BundleQueue queue, Fates fates) {
        OutgoingBundle bundle = queue.next();
        List<KeptFate> kept = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < bundle.records().size(); i++) {
            OutgoingRecord record = bundle.records().get(i);
            KeptFate fate = KeptFate.of(record, fates.fates().get(i), item.repeats());
            kept.add(fate);
            bytes += fate.is("delivered") ? record.content().length : 0;
        }
        ledger.keep(item, bundle.ranged() ? bundle.last() : null, bytes, kept);
        queue.kept(kept);
        stopWhereThrottled(item, fates);
        if (queue.inTrouble()) {
            throw DeliveryException.passing(
                    ErrorCode.DESTINATION_ERROR, "The destination had errors with several resources in a row.");
        }
    }

    private void stopWhereThrottled(FhirItem item, Fates fates) {
        List<EntryFate> again = fates.fates().stream()
                .filter(fate -> fate.kind() == EntryFate.Kind.AGAIN)
                .toList();
        boolean throttled = again.stream().anyMatch(fate -> fate.status() == 429 || fate.status() == 503);
        if (fates.retryAfter() != null && !again.isEmpty()) {
            ledger.pause(item.claim(), fates.retryAfter());
        }
        if (throttled || fates.retryAfter() != null && !again.isEmpty()) {
            throw throttled(fates.retryAfter());
        }
    }

    private static DeliveryException throttled(Duration wait) {
        String words = "The destination refused some resources for now; they are sent again.";
        return wait == null
                ? DeliveryException.passing(ErrorCode.DESTINATION_THROTTLED, words)
                : DeliveryException.passing(ErrorCode.DESTINATION_THROTTLED, words, wait);
    }

    /**
     * All has been sent: what the item comes to.
     *
     * @throws DeliveryException where something is still to be repeated, or is missing that nothing superseded
     */
    Receipt receipt(@Variable("item") FhirItem item, @Variable("queue") BundleQueue queue) {
        return item.repeats() ? repeated(item, queue) : sent(item);
    }

    private Receipt repeated(FhirItem item, BundleQueue queue) {
        if (queue.refusedForNow()) {
            throw throttled(null);
        }
        ledger.endWaiting(item);
        return Receipt.ofBundles(item.claim(), 0, 0, ledger.sum(item.claim()).bytes());
    }

    private Receipt sent(FhirItem item) {
        if (ledger.endAgain(item, settings.retryFor()) > 0) {
            throw throttled(null);
        }
        BundleLedger.Sum sum = ledger.sum(item.claim());
        int superseded = sum.selected() - sum.delivered() - sum.rejected() - sum.waiting();
        if (superseded < sum.superseded() || superseded > sum.changedSince()) {
            throw DeliveryException.permanent(
                    ErrorCode.COUNT_MISMATCH,
                    "Of %d resources that were selected %d are missing, but only %d have changed since."
                            .formatted(sum.selected(), superseded, sum.changedSince()));
        }
        return Receipt.ofBundles(item.claim(), sum.delivered(), superseded, sum.bytes());
    }

    private BundleLimits limits(FhirItem item) {
        BundleLedger.Way way = ledger.way(item.claim());
        return BundleLimits.of(item.server(), settings, way.learnedEntries(), way.learnedBytes());
    }
}
