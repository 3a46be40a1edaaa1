package io.caravan.destination.gcs;

import com.google.api.client.util.StreamingContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of a request of Google's client, written as that client makes it. */
@SuppressWarnings("deprecation") // StreamingContent: it has no other
final class GcsBody extends AbstractHttpEntity {

    private final StreamingContent content;
    private final long length;

    GcsBody(StreamingContent content, String type, String encoding, long length) {
        super(type, encoding);
        this.content = content;
        this.length = length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        content.writeTo(out);
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
