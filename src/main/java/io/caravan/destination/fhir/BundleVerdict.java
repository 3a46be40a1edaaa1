package io.caravan.destination.fhir;

import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.List;

/** What an answer means for the bundle that was sent. */
public sealed interface BundleVerdict {

    /**
     * Every entry has its fate, in the order of the bundle.
     *
     * @param retryAfter how long the server asked to be left alone; null where it did not
     */
    record Fates(List<EntryFate> fates, Duration retryAfter) implements BundleVerdict {
        public Fates {
            fates = List.copyOf(fates);
        }
    }

    /** Nothing was taken; smaller bundles may be. */
    record Smaller(Reason reason) implements BundleVerdict {
        public enum Reason {
            /** The server takes fewer entries at a time. */
            ENTRIES,
            /** The server takes fewer bytes at a time. */
            BYTES,
            /** One entry spoils it for the others: which one, smaller bundles will show. */
            ONE_ENTRY
        }
    }

    /**
     * What became of the entries is unknown, or none was looked at.
     *
     * @param words what the server said; fit for the dashboard
     * @param again whether sending the same again can help
     * @param altogether whether the server refuses everything, not only this bundle
     * @param retryAfter how long the server asked to wait; null where it did not
     */
    record Failed(ErrorCode code, String words, boolean again, boolean altogether, Duration retryAfter)
            implements BundleVerdict {}
}
