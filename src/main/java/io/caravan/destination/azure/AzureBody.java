package io.caravan.destination.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of a request of the Azure SDK, written as it is read: a block at a time, never the whole of it. */
final class AzureBody extends AbstractHttpEntity {

    private static final int ONE_BLOCK = 1;

    private final HttpRequest request;
    private final long length;

    AzureBody(HttpRequest request) {
        super((String) null, null); // the type is among the request's headers
        this.request = request;
        String announced = request.getHeaders().getValue(HttpHeaderName.CONTENT_LENGTH);
        this.length = announced == null ? -1 : Long.parseLong(announced);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        WritableByteChannel channel = Channels.newChannel(out);
        for (ByteBuffer block : request.getBody().toIterable(ONE_BLOCK)) {
            while (block.hasRemaining()) {
                channel.write(block);
            }
        }
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
