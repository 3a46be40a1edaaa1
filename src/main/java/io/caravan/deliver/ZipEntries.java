package io.caravan.deliver;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * {@code #zipEntries}: packs each written file into the item's archive as it comes. It has the face of camel-zipfile's
 * ZipAggregationStrategy, which opens the archive anew for each entry and so is quadratic (docs/benchmarks.md).
 */
@Component("zipEntries")
class ZipEntries implements AggregationStrategy {

    @Override
    public Exchange aggregate(Exchange before, Exchange written) {
        if (written.getException() != null) {
            return written;
        }
        Archive archive = written.getVariable("archive", Archive.class);
        String name = written.getVariable("entryName", String.class);
        RecordRange range = written.getVariable("range", RecordRange.class);
        try {
            archive.add(name, range, written.getVariable("spool", Spool.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return written;
    }
}
