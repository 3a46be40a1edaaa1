package io.caravan.pull;

import io.caravan.support.CaravanException;
import java.io.Closeable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of reading several resources, one after the other.
 *
 * @param read what was asked for and what came of it, in that order
 * @param stopped why the rest of them was not asked for; empty where all were
 */
record ReadBatch<T>(Map<T, DirectRead> read, Optional<CaravanException> stopped) implements Closeable {

    ReadBatch {
        read = new LinkedHashMap<>(read);
    }

    /** What was read has been stored, or is not going to be. */
    @Override
    public void close() {
        read.values()
                .forEach(answer ->
                        answer.resource().ifPresent(found -> found.content().close()));
    }
}
