package io.caravan.support.payload;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** In memory. */
record HeldPayload(byte[] bytes) implements Payload {

    @Override
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean held() {
        return true;
    }

    @Override
    public byte at(int offset) {
        return bytes[offset];
    }

    @Override
    public InputStream open(int from, int to) {
        return new ByteArrayInputStream(bytes, from, to - from);
    }

    @Override
    public void close() {
        // the collector's
    }
}
