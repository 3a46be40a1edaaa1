package io.caravan.deliver.fhir;

import java.util.List;
import java.util.Optional;

/** An item's key range from where it had come to; then what was refused for now before this claim. */
final class RangeBundles implements BundleSource {

    private final FhirItem item;
    private final BundleLedger ledger;
    private final OutgoingBundle.Form form;
    private final BundleLedger.Cursor cursor;
    private SendKey after;
    private boolean inRange = true;

    RangeBundles(FhirItem item, BundleLedger ledger) {
        this.item = item;
        this.ledger = ledger;
        this.form = item.server().transaction() ? OutgoingBundle.Form.TRANSACTION : OutgoingBundle.Form.BATCH;
        this.cursor = ledger.cursor(item.claim());
        this.after = cursor.done();
    }

    @Override
    public Optional<OutgoingBundle> next(BundleLimits limits) {
        if (inRange) {
            List<OutgoingRecord> records = ledger.range(item, cursor.backfill(), after, limits);
            if (!records.isEmpty()) {
                return Optional.of(bundle(records));
            }
            inRange = false;
            after = SendKey.FIRST;
        }
        List<OutgoingRecord> records = ledger.leftovers(item, after, limits);
        return records.isEmpty() ? Optional.empty() : Optional.of(bundle(records));
    }

    private OutgoingBundle bundle(List<OutgoingRecord> records) {
        OutgoingBundle bundle = new OutgoingBundle(records, form, inRange, false);
        after = SendKey.of(bundle.last());
        return bundle;
    }

    @Override
    public void heard(List<KeptFate> fates) {
        // the next ones are the next ones, whatever became of these
    }
}
