package io.caravan.deliver.fhir;

import java.util.List;
import java.util.Optional;

/** Where the bundles of an item come from, in the order in which they are sent. */
interface BundleSource {

    /** The next records to send, superseded ones among them; empty at the end. */
    Optional<OutgoingBundle> next(BundleLimits limits);

    /** What became of a bundle that this source gave, or of a part of it. */
    void heard(List<KeptFate> fates);
}
