package io.caravan.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A body in chunks (RFC 9112 § 7.1), each write one. A body without its {@link #end} has broken off. */
final class SourceChunks extends OutputStream {

    private final OutputStream out;

    SourceChunks(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > 0) {
            ascii(Integer.toHexString(length) + "\r\n");
            out.write(bytes, from, length);
            ascii("\r\n");
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    void end() throws IOException {
        ascii("0\r\n\r\n");
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
