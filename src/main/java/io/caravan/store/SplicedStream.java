package io.caravan.store;

import io.caravan.store.Splice.Edit;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** What {@link Splice#copy} makes of a stretch of valid JSON, byte after byte, however long it is. */
final class SplicedStream extends InputStream {

    private static final int END = -1;
    private static final byte[] NOTHING = {};

    private final InputStream source;
    private final Iterator<Edit> edits;
    private final byte[] chunk = new byte[1 << 13];
    private int chunkAt;
    private int chunkLength;
    private int offset;
    private Edit nextEdit;
    private byte[] replacement = NOTHING;
    private int replacementAt;
    private boolean inString;
    private boolean escaped;

    /**
     * @param source the stretch
     * @param offset where it begins
     * @param edits as {@link Splice#copy} wants them, by offsets that count like that one
     */
    SplicedStream(InputStream source, int offset, List<Edit> edits) {
        this.source = source;
        this.offset = offset;
        this.edits = edits.iterator();
        this.nextEdit = this.edits.hasNext() ? this.edits.next() : null;
    }

    @Override
    public int read() throws IOException {
        while (true) {
            if (replacementAt < replacement.length) {
                return replacement[replacementAt++] & 0xFF;
            }
            if (nextEdit != null && nextEdit.offset() == offset) {
                edit();
                continue;
            }
            int b = next();
            if (b == END || inString || !Splice.isWhitespace((byte) b)) {
                follow(b);
                return b;
            }
        }
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, into.length);
        int n = 0;
        while (n < count) {
            int b = read();
            if (b == END) {
                return n == 0 ? END : n;
            }
            into[from + n++] = (byte) b;
        }
        return n;
    }

    private void edit() throws IOException {
        replacement = nextEdit.replacement();
        replacementAt = 0;
        for (int i = 0; i < nextEdit.length(); i++) {
            next();
        }
        nextEdit = edits.hasNext() ? edits.next() : null;
    }

    /** Whether the next byte stands in a string. */
    private void follow(int b) {
        if (escaped) {
            escaped = false;
        } else if (b == '"') {
            inString = !inString;
        } else if (b == '\\') {
            escaped = inString;
        }
    }

    private int next() throws IOException {
        if (chunkAt == chunkLength) {
            chunkLength = source.read(chunk, 0, chunk.length);
            chunkAt = 0;
            if (chunkLength <= 0) {
                chunkLength = 0;
                return END;
            }
        }
        offset++;
        return chunk[chunkAt++] & 0xFF;
    }
}
