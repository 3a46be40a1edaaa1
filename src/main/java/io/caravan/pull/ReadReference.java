package io.caravan.pull;

import java.util.Locale;

/** What came of reading a reference. */
record ReadReference(Reference reference, DirectRead read) {

    String status() {
        return read.answer().name().toLowerCase(Locale.ROOT);
    }
}
