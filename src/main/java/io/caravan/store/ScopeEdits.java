package io.caravan.store;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.caravan.store.Splice.Edit;
import io.caravan.support.payload.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What scoping changes in one resource (product.md § 2 "Ids"), as edits at offsets of the page. Collected while the
 * resource is walked, written down at its end, when its type and id are known.
 */
final class ScopeEdits {

    private final Payload body;
    private final IdScope ids;
    private final List<Edit> texts = new ArrayList<>();
    private final List<Integer> metaEnds = new ArrayList<>();
    private final List<Integer> identifierEnds = new ArrayList<>();
    private int idStart;
    private int idEnd;
    private boolean hasMeta;
    private boolean metaHasSource;
    private boolean hasIdentifiers;

    ScopeEdits(Payload body, IdScope ids) {
        this.body = body;
        this.ids = ids;
    }

    /** The string at these offsets, quotes included, becomes this text. */
    void text(int start, int end, String text) {
        texts.add(new Edit(start, end - start, utf8(quoted(text))));
    }

    void id(int start, int end) {
        idStart = start;
        idEnd = end;
    }

    void startOfMeta() {
        hasMeta = true;
        metaHasSource = false;
    }

    void metaHasSource() {
        metaHasSource = true;
    }

    void endOfMeta(int brace) {
        if (!metaHasSource) {
            metaEnds.add(brace);
        }
    }

    void startOfIdentifiers() {
        hasIdentifiers = true;
    }

    void endOfIdentifiers(int bracket) {
        identifierEnds.add(bracket);
    }

    /**
     * @param opaque a resource that holds others: nothing in it is edited but what is its own
     * @return ascending by offset; empty if ids stay original
     */
    List<Edit> of(String type, String id, boolean opaque) {
        if (!ids.scoped()) {
            return List.of();
        }
        List<Edit> edits = new ArrayList<>(opaque ? List.of() : texts);
        String source = "\"source\":" + quoted(ids.urlOf(type, id));
        metaEnds.forEach(end -> edits.add(append(end, source)));
        String added = hasMeta ? "" : ",\"meta\":{" + source + "}";
        if (type.equals("Patient")) {
            String identifier = identifier(id);
            identifierEnds.forEach(end -> edits.add(append(end, identifier)));
            added += hasIdentifiers ? "" : ",\"identifier\":[" + identifier + "]";
        }
        edits.add(new Edit(idStart, idEnd - idStart, utf8(quoted(ids.scopeId(id)) + added)));
        edits.sort(Comparator.comparingInt(Edit::offset));
        return edits;
    }

    private String identifier(String id) {
        return "{\"system\":%s,\"value\":%s}".formatted(quoted(ids.base().url()), quoted(id));
    }

    /** One more member or item before the closing bracket at an offset. */
    private Edit append(int end, String json) {
        int before = end - 1;
        while (Splice.isWhitespace(body.at(before))) {
            before--;
        }
        boolean empty = body.at(before) == '{' || body.at(before) == '[';
        return new Edit(end, 0, utf8(empty ? json : "," + json));
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
