package io.caravan.deliver;

import io.caravan.destination.DestinationClients;
import io.caravan.destination.FileType;
import io.caravan.destination.StoreSettings;
import io.caravan.run.ClaimedItem;

/**
 * A claimed item and where it goes.
 *
 * @param reached the destination's client, and the leaf that it is for
 */
public record DeliveryItem(ClaimedItem claim, StoreSettings storage, DestinationClients.Client reached) {

    /** Suffix of the route that writes it: {@code write-<writer>}. */
    public String writer() {
        return claim.kind().equals("file") ? "ndjson" : claim.kind();
    }

    /** Whether what is written is compressed as it comes: each file of resources or deletions, but not the manifest. */
    boolean gzip() {
        return storage.packing() == FileType.NDJSON_GZ
                && (claim.kind().equals("file") || claim.kind().equals("deleted"));
    }

    /** How the name of a file of lines ends. */
    public String ending() {
        return gzip() ? "ndjson.gz" : "ndjson";
    }

    /** Suffix of the leaf routes {@code deliver-<leaf>} and {@code verify-<leaf>}. */
    public String leaf() {
        return reached.leaf();
    }

    /** The registry name of the destination's client. */
    public String client() {
        return reached.name();
    }

    public String bucket() {
        return storage.bucket();
    }

    /** The run's folder, with a slash at its end. */
    public String folder() {
        String prefix = storage.prefix().isEmpty() ? "" : storage.prefix() + "/";
        return prefix + claim.runId() + "/";
    }

    /** Which archive of the run, from 1. */
    public Integer number() {
        return claim.part();
    }
}
