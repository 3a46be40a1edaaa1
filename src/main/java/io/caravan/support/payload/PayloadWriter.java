package io.caravan.support.payload;

import io.caravan.support.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;

/** Keeps what arrives in memory until it is too much, then in a file. Closed before it is asked for, nothing is left. */
final class PayloadWriter extends OutputStream {

    private static final int FIRST_BUFFER = 1 << 16;

    private final Path folder;
    private final long inMemory;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream(FIRST_BUFFER);
    private FileChannel file;
    private int length;
    private boolean handedOver;

    PayloadWriter(Path folder, long inMemory) {
        this.folder = folder;
        this.inMemory = inMemory;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        length = Math.addExact(length, count);
        if (file == null && length <= inMemory) {
            memory.write(bytes, offset, count);
            return;
        }
        if (file == null) {
            file = PrivateFiles.nameless(folder.resolve(UUID.randomUUID().toString()));
            append(memory.toByteArray(), 0, memory.size());
            memory.reset();
        }
        append(bytes, offset, count);
    }

    private void append(byte[] bytes, int offset, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that arrived; nothing more is written. */
    Payload received() {
        handedOver = true;
        return file == null ? Payload.of(memory.toByteArray()) : new SpooledPayload(file, length);
    }

    @Override
    public void close() throws IOException {
        if (file != null && !handedOver) {
            file.close();
        }
    }
}
