package io.caravan.support.payload;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** In a file that has no name any more: what is left of it when the process ends, however it ends, is nothing. */
final class SpooledPayload implements Payload {

    private static final int WINDOW = 1 << 13;
    private static final int CHUNK = 1 << 16;

    private final FileChannel file;
    private final int length;
    private final byte[] window = new byte[WINDOW];
    private int windowAt;
    private int windowLength;

    SpooledPayload(FileChannel file, int length) {
        this.file = file;
        this.length = length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public boolean held() {
        return false;
    }

    @Override
    public byte at(int offset) {
        Objects.checkIndex(offset, length);
        if (offset < windowAt || offset >= windowAt + windowLength) {
            windowAt = Math.max(0, offset - WINDOW / 8); // most look backwards, and a little further each time
            windowLength = read(windowAt, window, 0, Math.min(WINDOW, length - windowAt));
        }
        return window[offset - windowAt];
    }

    @Override
    public InputStream open(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        return new Stretch(from, to);
    }

    @Override
    public byte[] bytes() {
        byte[] all = new byte[length];
        read(0, all, 0, length);
        return all;
    }

    /** As many bytes as are asked for. */
    private int read(int at, byte[] into, int offset, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, count);
        try {
            for (int read = 0; buffer.hasRemaining(); ) {
                int n = file.read(buffer, (long) at + read);
                if (n < 0) {
                    throw new EOFException("A spooled answer is shorter than it was");
                }
                read += n;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Stretch extends InputStream {

        private final int to;
        private final byte[] chunk;
        private int next;
        private int chunkAt;
        private int chunkLength;

        Stretch(int from, int to) {
            this.to = to;
            this.next = from;
            this.chunk = new byte[Math.min(CHUNK, to - from)];
        }

        @Override
        public int read() {
            return fill() ? chunk[chunkAt++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, into.length);
            if (count == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int n = Math.min(count, chunkLength - chunkAt);
            System.arraycopy(chunk, chunkAt, into, offset, n);
            chunkAt += n;
            return n;
        }

        /** Whether there is a byte. */
        private boolean fill() {
            if (chunkAt == chunkLength && next < to) {
                chunkLength = SpooledPayload.this.read(next, chunk, 0, Math.min(chunk.length, to - next));
                chunkAt = 0;
                next += chunkLength;
            }
            return chunkAt < chunkLength;
        }
    }
}
