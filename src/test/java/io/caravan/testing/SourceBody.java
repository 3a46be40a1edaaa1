package io.caravan.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;

/** What an answer carries: bytes at hand, or pieces that are made while they are sent. */
interface SourceBody {

    /** As long as this, a body is made before it is sent, so that its length can be announced. */
    int AT_HAND = 1 << 20;

    SourceBody NONE = of(new byte[0]);

    /** In bytes; negative if it is known only when all is written. */
    long length();

    /** Can be called once only where {@link #length} is negative. */
    void writeTo(OutputStream out) throws IOException;

    /** Writes a body. */
    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /** @param length negative if it is not known */
    static SourceBody of(long length, Writing writing) {
        return new SourceBody() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                writing.to(out);
            }
        };
    }

    static SourceBody of(byte[] bytes) {
        return of(bytes.length, out -> out.write(bytes));
    }

    /** The pieces: with their length where they are few, else streamed. */
    static SourceBody of(Iterator<byte[]> pieces) {
        ByteArrayOutputStream first = new ByteArrayOutputStream(AT_HAND / 16);
        while (pieces.hasNext() && first.size() < AT_HAND) {
            first.writeBytes(pieces.next());
        }
        if (!pieces.hasNext()) {
            return of(first.toByteArray());
        }
        return of(-1, out -> {
            first.writeTo(out);
            while (pieces.hasNext()) {
                out.write(pieces.next());
            }
        });
    }

    /** All of it, in memory. */
    default byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
