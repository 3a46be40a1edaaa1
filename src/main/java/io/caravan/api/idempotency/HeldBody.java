package io.caravan.api.idempotency;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;

/** A request whose body has been read, up to a limit, and can be read once more, whole. */
final class HeldBody extends HttpServletRequestWrapper {

    private final byte[] start;
    private final boolean whole;
    private final InputStream body;

    HeldBody(HttpServletRequest request, int limit) throws IOException {
        super(request);
        InputStream sent = request.getInputStream();
        start = sent.readNBytes(limit + 1);
        whole = start.length <= limit;
        body = whole ? new ByteArrayInputStream(start) : new SequenceInputStream(new ByteArrayInputStream(start), sent);
    }

    /** Whether it is no longer than the limit. */
    boolean isWhole() {
        return whole;
    }

    byte[] bytes() {
        return start;
    }

    @Override
    public ServletInputStream getInputStream() {
        return new ServletInputStream() {

            private boolean finished;

            @Override
            public int read() throws IOException {
                int read = body.read();
                finished = read < 0;
                return read;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = body.read(buffer, offset, length);
                finished = read < 0;
                return read;
            }

            @Override
            public boolean isFinished() {
                return finished;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new IllegalStateException("Nothing here reads asynchronously.");
            }
        };
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }
}
