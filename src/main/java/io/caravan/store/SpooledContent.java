package io.caravan.store;

import io.caravan.store.Splice.Edit;
import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.List;

/** A stretch of an answer that lies in a file: written out each time it is asked for, never kept. */
final class SpooledContent implements Content {

    private static final int CHUNK = 1 << 13;

    private final Payload body;
    private final int from;
    private final int to;
    private final List<Edit> edits;
    private int length = -1;
    private byte[] sha256 = {};

    SpooledContent(Payload body, int from, int to, List<Edit> edits) {
        this.body = body;
        this.from = from;
        this.to = to;
        this.edits = edits;
    }

    @Override
    public int length() {
        measure();
        return length;
    }

    @Override
    public byte[] sha256() {
        measure();
        return sha256;
    }

    @Override
    public byte[] bytes() {
        byte[] line = new byte[length()];
        try {
            open().readNBytes(line, 0, line.length);
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open() {
        return new SplicedStream(body.open(from, to), from, edits);
    }

    private void measure() {
        if (length >= 0) {
            return;
        }
        MessageDigest digest = Sha256.digest();
        byte[] chunk = new byte[Math.min(CHUNK, to - from)];
        int measured = 0;
        try {
            InputStream line = open();
            for (int n = line.read(chunk); n >= 0; n = line.read(chunk)) {
                digest.update(chunk, 0, n);
                measured += n;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sha256 = digest.digest();
        length = measured;
    }

    @Override
    public boolean held() {
        return false;
    }

    @Override
    public void close() {
        body.close();
    }
}
