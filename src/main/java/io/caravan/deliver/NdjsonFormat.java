package io.caravan.deliver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/**
 * {@code ndjson}: a list of resources, each one line without a line end, to lines (UTF-8, no blank line); pieces of lines,
 * whose ends are in them, to the same.
 */
@Component("ndjson")
class NdjsonFormat extends ServiceSupport implements DataFormat {

    @Override
    @SuppressWarnings("unchecked")
    public void marshal(Exchange exchange, Object lines, OutputStream out) throws IOException {
        if (lines instanceof Pieces pieces) {
            for (byte[] piece : pieces.bytes()) {
                out.write(piece);
            }
            return;
        }
        for (byte[] line : (List<byte[]>) lines) {
            out.write(line);
            out.write('\n');
        }
    }

    @Override
    public Object unmarshal(Exchange exchange, InputStream in) {
        throw new IllegalStateException("ndjson only writes");
    }
}
