package io.caravan.support.payload;

import java.io.Closeable;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The bytes of one answer. Read by one thread at a time; closing it twice is no mistake. */
public sealed interface Payload extends Closeable permits HeldPayload, SpooledPayload {

    /** In memory: for what is at hand anyway. */
    static Payload of(byte[] bytes) {
        return new HeldPayload(bytes);
    }

    int length();

    /** Whether all of it lies in memory. */
    boolean held();

    /** The byte at an offset; cheap where the offsets asked for are close to each other. */
    byte at(int offset);

    /**
     * The bytes from {@code from} (inclusive) to {@code to} (exclusive). Nothing need be closed.
     *
     * @throws UncheckedIOException from the stream, where the file cannot be read: no fault of who sent it
     */
    InputStream open(int from, int to);

    /** All bytes as a stream; as {@link #open(int, int)}. */
    default InputStream open() {
        return open(0, length());
    }

    /** All bytes at once. Shared where they are held: nobody writes to them. */
    byte[] bytes();

    /** Lets go of the file, if it has one. */
    @Override
    void close();
}
