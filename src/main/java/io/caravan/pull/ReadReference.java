package io.caravan.pull;

import io.caravan.store.Page;
import java.util.Optional;

/** What came of reading a reference; empty where the source has it not, or keeps it from us. */
public record ReadReference(Reference reference, Optional<Page> page) {

    String status() {
        return page.isPresent() ? "done" : "missing";
    }
}
