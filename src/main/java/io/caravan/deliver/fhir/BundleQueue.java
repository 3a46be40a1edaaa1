package io.caravan.deliver.fhir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The bundles of an item that are still to be sent: the next one is at hand, or there is none. */
public final class BundleQueue {

    /** So many entries in a row that a server has errors with are an error of the server's. */
    private static final int ERRORS_IN_A_ROW = 3;

    private final FhirItem item;
    private final BundleSource source;
    private final BundleLedger ledger;
    private final Deque<OutgoingBundle> parts = new ArrayDeque<>();
    private OutgoingBundle next;
    private boolean progressed;
    private boolean refusedForNow;
    private int errorsInARow;

    BundleQueue(FhirItem item, BundleSource source, BundleLedger ledger) {
        this.item = item;
        this.source = source;
        this.ledger = ledger;
    }

    /** Whether there is a bundle to send. */
    public boolean more() {
        return next != null;
    }

    OutgoingBundle next() {
        return next;
    }

    /** How often the bundle at hand was sent, this time included, as far as its item knows. */
    int tries() {
        if (next.suspect()) {
            return Integer.MAX_VALUE;
        }
        return progressed ? 1 : item.claim().attempts();
    }

    /** Puts the next bundle at hand; what has changed since its window is left out and counted. */
    void fill(BundleLimits limits) {
        next = parts.poll();
        while (next == null) {
            Optional<OutgoingBundle> read = source.next(limits);
            if (read.isEmpty()) {
                return;
            }
            next = withoutSuperseded(read.get());
        }
    }

    private OutgoingBundle withoutSuperseded(OutgoingBundle read) {
        List<OutgoingRecord> records = new ArrayList<>();
        List<KeptFate> superseded = new ArrayList<>();
        for (OutgoingRecord record : read.records()) {
            if (record.superseded()) {
                superseded.add(KeptFate.superseded(record));
            } else {
                records.add(record);
            }
        }
        if (superseded.isEmpty()) {
            return read;
        }
        ledger.keep(item, null, 0, superseded);
        return records.isEmpty() ? null : new OutgoingBundle(records, read.form(), read.ranged(), read.suspect());
    }

    /** The bundle at hand was too much: its halves are next. */
    void halve(boolean suspects) {
        List<OutgoingBundle> halves = next.halves(suspects);
        parts.push(halves.get(1));
        parts.push(halves.get(0));
    }

    /** The bundle at hand was answered. */
    void kept(List<KeptFate> fates) {
        source.heard(fates);
        for (KeptFate fate : fates) {
            errorsInARow = fate.error() ? errorsInARow + 1 : 0;
            progressed |= !fate.forNow();
            refusedForNow |= fate.forNow();
        }
    }

    /** Whether the server rather than what it is sent is the trouble. */
    boolean inTrouble() {
        return next.ranged() && errorsInARow >= ERRORS_IN_A_ROW;
    }

    /** Whether something was refused for now, and is to be repeated after a while. */
    boolean refusedForNow() {
        return refusedForNow;
    }
}
