package io.caravan.deliver.fhir;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a run waits for something that it refers to: all of it, pass after pass, while a pass brings some of it in; then
 * each circle in one transaction; and from the start where that brought some in.
 */
final class RepeatedBundles implements BundleSource {

    private static final int MOST_PASSES = 5;

    /** Among so many records circles are looked for, the first in rank: about 10 MB of names. */
    private static final int MOST_LOOKED_AT = 20_000;

    private final FhirItem item;
    private final BundleLedger ledger;
    private final OutgoingBundle.Form form;
    private SendKey after = SendKey.FIRST;
    private int pass = 1;
    private boolean progress;
    private Deque<List<SendKey>> circles;

    RepeatedBundles(FhirItem item, BundleLedger ledger) {
        this.item = item;
        this.ledger = ledger;
        this.form = item.server().transaction() ? OutgoingBundle.Form.TRANSACTION : OutgoingBundle.Form.BATCH;
    }

    @Override
    public Optional<OutgoingBundle> next(BundleLimits limits) {
        while (true) {
            Optional<OutgoingBundle> bundle = circles == null ? ofPass(limits) : ofCircles();
            if (bundle.isPresent()) {
                return bundle;
            }
            if (circles == null) {
                endPass(limits);
            } else if (progress) {
                restart();
            } else {
                return Optional.empty();
            }
        }
    }

    @Override
    public void heard(List<KeptFate> fates) {
        progress |= fates.stream().anyMatch(fate -> fate.is("delivered"));
    }

    private Optional<OutgoingBundle> ofPass(BundleLimits limits) {
        List<OutgoingRecord> records = ledger.waiting(item, after, limits);
        if (records.isEmpty()) {
            return Optional.empty();
        }
        OutgoingBundle bundle = new OutgoingBundle(records, form, false, false);
        after = SendKey.of(bundle.last());
        return Optional.of(bundle);
    }

    private void endPass(BundleLimits limits) {
        after = SendKey.FIRST;
        if (progress && pass < MOST_PASSES) {
            pass++;
        } else {
            circles = findCircles(limits);
        }
        progress = false;
    }

    private void restart() {
        circles = null;
        pass = 1;
        progress = false;
    }

    private Optional<OutgoingBundle> ofCircles() {
        while (!circles.isEmpty()) {
            List<OutgoingRecord> records = ledger.circle(item, circles.poll());
            if (!records.isEmpty()) {
                return Optional.of(new OutgoingBundle(records, OutgoingBundle.Form.CIRCLE, false, false));
            }
        }
        return Optional.empty();
    }

    private Deque<List<SendKey>> findCircles(BundleLimits limits) {
        Map<String, SendKey> keys = new LinkedHashMap<>();
        Map<String, Set<String>> references = new LinkedHashMap<>();
        SendKey last = SendKey.FIRST;
        for (List<OutgoingRecord> page = ledger.waiting(item, last, limits);
                !page.isEmpty() && keys.size() < MOST_LOOKED_AT;
                page = ledger.waiting(item, last, limits)) {
            for (OutgoingRecord record : page) {
                last = SendKey.of(record);
                keys.put(record.name(), last);
                references.put(record.name(), LocalReferences.of(record.content()));
            }
        }
        Deque<List<SendKey>> found = new ArrayDeque<>();
        Circles.of(references)
                .forEach(names -> found.add(names.stream().map(keys::get).toList()));
        return found;
    }
}
