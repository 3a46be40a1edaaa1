package io.caravan.destination.gcs;

import com.google.api.client.http.LowLevelHttpResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;

/** An answer as Google's client wants it, whole in memory. */
final class GcsAnswer extends LowLevelHttpResponse {

    record Header(String name, String value) {}

    private final int status;
    private final List<Header> headers;
    private final byte[] body;

    GcsAnswer(int status, List<Header> headers, byte[] body) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    @Override
    public InputStream getContent() {
        return new ByteArrayInputStream(body);
    }

    /** It has been unpacked. */
    @Override
    public String getContentEncoding() {
        return null;
    }

    @Override
    public long getContentLength() {
        return body.length;
    }

    @Override
    public String getContentType() {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase("Content-Type"))
                .map(Header::value)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String getStatusLine() {
        return "HTTP/1.1 " + status;
    }

    @Override
    public int getStatusCode() {
        return status;
    }

    @Override
    public String getReasonPhrase() {
        return null;
    }

    @Override
    public int getHeaderCount() {
        return headers.size();
    }

    @Override
    public String getHeaderName(int index) {
        return headers.get(index).name();
    }

    @Override
    public String getHeaderValue(int index) {
        return headers.get(index).value();
    }
}
