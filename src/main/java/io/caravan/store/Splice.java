package io.caravan.store;

import java.util.Arrays;
import java.util.List;

/**
 * Copies a stretch of valid JSON without the whitespace outside strings, with edits spliced in. Whatever is not edited
 * keeps its bytes: nothing is decoded, so no number, escape or key can come out differently.
 */
final class Splice {

    private final byte[] source;
    private final byte[] line;
    private int length;

    private Splice(byte[] source, int size) {
        this.source = source;
        this.line = new byte[size];
    }

    /**
     * @param edits ascending by offset, not overlapping, beginning and ending between tokens
     * @return the bytes from {@code from} (inclusive) to {@code to} (exclusive) on one line
     */
    static byte[] copy(byte[] source, int from, int to, List<Edit> edits) {
        int size = to - from;
        for (Edit edit : edits) {
            size += edit.replacement().length - edit.length();
        }
        Splice splice = new Splice(source, size);
        int at = from;
        for (Edit edit : edits) {
            splice.compact(at, edit.offset());
            splice.append(edit.replacement(), 0, edit.replacement().length);
            at = edit.offset() + edit.length();
        }
        splice.compact(at, to);
        return splice.length == size ? splice.line : Arrays.copyOf(splice.line, splice.length);
    }

    private void compact(int from, int to) {
        int run = from;
        int at = from;
        while (at < to) {
            byte b = source[at];
            if (b == '"') {
                at = afterString(at + 1);
            } else if (isWhitespace(b)) {
                append(source, run, at - run);
                at = afterWhitespace(at + 1, to);
                run = at;
            } else {
                at++;
            }
        }
        append(source, run, to - run);
    }

    private int afterString(int from) {
        int at = from;
        while (true) {
            byte b = source[at++];
            if (b == '"') {
                return at;
            }
            if (b == '\\') {
                at++;
            }
        }
    }

    private int afterWhitespace(int from, int to) {
        int at = from;
        while (at < to && isWhitespace(source[at])) {
            at++;
        }
        return at;
    }

    private void append(byte[] bytes, int from, int count) {
        System.arraycopy(bytes, from, line, length, count);
        length += count;
    }

    static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** {@code length} bytes at {@code offset} of the page give way to the replacement; 0 inserts. */
    record Edit(int offset, int length, byte[] replacement) {}
}
