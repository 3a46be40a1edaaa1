package io.caravan.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A searchset Bundle around resources whose bytes are copied, never parsed.
 *
 * @param next the URL of the next link; empty: none
 * @param nextWithoutUrl there is a next link, but no URL in it
 * @param pretty white space between the tokens of the Bundle and before its resources, none inside them
 */
record SourceBundle(
        Optional<Integer> total,
        String self,
        Optional<String> next,
        boolean nextWithoutUrl,
        Stream<SourceEntry> entries,
        boolean pretty) {

    /** Its bytes piece by piece, made while they are asked for, once. */
    Iterator<byte[]> pieces() {
        return new Pieces(entries.iterator());
    }

    private final class Pieces implements Iterator<byte[]> {

        private final Iterator<SourceEntry> left;
        private final Deque<byte[]> pieces = new ArrayDeque<>();
        private boolean anyEntry;
        private boolean ended;

        Pieces(Iterator<SourceEntry> entries) {
            left = entries;
            pieces.add(head());
        }

        @Override
        public boolean hasNext() {
            return !pieces.isEmpty() || !ended;
        }

        /** FHIR has no empty arrays: a page without entries has no {@code entry}. */
        @Override
        public byte[] next() {
            if (!pieces.isEmpty()) {
                return pieces.remove();
            }
            if (left.hasNext()) {
                SourceEntry entry = left.next();
                pieces.add(entry.resource());
                pieces.add(utf8(behind(entry)));
                String before = anyEntry ? "," : ",\"entry\":[";
                anyEntry = true;
                return utf8(text(1, before) + before(entry));
            }
            ended = true;
            return utf8((anyEntry ? text(1, "]") : "") + text(0, "}"));
        }
    }

    private byte[] head() {
        StringBuilder head = new StringBuilder();
        head.append(text(0, "{"));
        head.append(text(1, "\"resourceType\":\"Bundle\","));
        head.append(text(1, "\"type\":\"searchset\","));
        total.ifPresent(number -> head.append(text(1, "\"total\":" + number + ",")));
        head.append(text(1, "\"link\":["));
        head.append(link("self", Optional.of(self)));
        if (next.isPresent() || nextWithoutUrl) {
            head.append(text(0, ",")).append(link("next", next.filter(url -> !nextWithoutUrl)));
        }
        return utf8(head.append(text(1, "]")).toString());
    }

    private String link(String relation, Optional<String> url) {
        String member = url.map(text -> ",\"url\":" + SourceJson.quoted(text)).orElse("");
        return text(2, "{\"relation\":\"" + relation + "\"" + member + "}");
    }

    private String before(SourceEntry entry) {
        String fullUrl = entry.fullUrl()
                .map(url -> "\"fullUrl\":" + SourceJson.quoted(url) + ",")
                .orElse("");
        return text(2, "{") + text(3, fullUrl) + text(3, "\"resource\":") + text(4, "");
    }

    private String behind(SourceEntry entry) {
        String mode = entry.mode()
                .map(name -> ",\"search\":{\"mode\":\"" + name + "\"}")
                .orElse("");
        return text(3, mode) + text(2, "}");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String text(int depth, String text) {
        return pretty ? "\n" + "  ".repeat(depth) + text : text;
    }
}
