package io.caravan.deliver;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A file that can be read again from a mark, without being kept in memory. The Azure SDK marks what it uploads, and a
 * buffered stream would then hold all that has been read.
 */
final class SpoolStream extends FileInputStream {

    private long mark;

    SpoolStream(File file) throws IOException {
        super(file);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public void mark(int ignored) {
        try {
            mark = getChannel().position();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void reset() throws IOException {
        getChannel().position(mark);
    }
}
