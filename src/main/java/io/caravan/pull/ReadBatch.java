package io.caravan.pull;

import io.caravan.support.CaravanException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of reading several resources, one after the other.
 *
 * @param read what was asked for and what came of it, in that order
 * @param stopped why the rest of them was not asked for; empty where all were
 */
record ReadBatch<T>(Map<T, DirectRead> read, Optional<CaravanException> stopped) {

    ReadBatch {
        read = new LinkedHashMap<>(read);
    }
}
