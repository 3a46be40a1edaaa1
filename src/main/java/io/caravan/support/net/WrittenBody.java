package io.caravan.support.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of a request that somebody else's client writes as it is sent: a piece at a time, once, never held whole. */
public final class WrittenBody extends AbstractHttpEntity {

    /** Writes the body. */
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    private final long length;
    private final Writer writer;

    /**
     * @param type null where the request's headers say it
     * @param encoding null where there is none
     * @param length in bytes; negative where it is not known
     */
    public WrittenBody(String type, String encoding, long length, Writer writer) {
        super(type, encoding);
        this.length = length;
        this.writer = writer;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        writer.writeTo(out);
    }

    @Override
    public long getContentLength() {
        return length;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException("is written, not read");
    }

    @Override
    public void close() {}
}
