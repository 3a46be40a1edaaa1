package io.caravan.store;

import io.caravan.store.Splice.Edit;
import io.caravan.support.payload.Payload;
import java.io.InputStream;
import java.util.List;

/** What of an answer becomes one record: one line of UTF-8 without a line end. */
public sealed interface Content permits HeldContent, SpooledContent {

    /** A line that is at hand. Shared, not copied: nobody writes to it. */
    static Content of(byte[] line) {
        return new HeldContent(line);
    }

    /** The stretch of an answer, with edits: in memory where the answer is, else in its file until it is asked for. */
    static Content of(Payload body, int from, int to, List<Edit> edits) {
        return body.held() ? of(Splice.copy(body.bytes(), from, to, edits)) : new SpooledContent(body, from, to, edits);
    }

    int length();

    byte[] sha256();

    byte[] bytes();

    /** The same, a little at a time; need not be closed. */
    InputStream open();

    /** Whether it lies in memory anyway. */
    boolean held();

    /** Lets go of the answer that it lies in. */
    void close();
}
