package io.caravan.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A searchset Bundle around resources whose bytes are copied, never parsed.
 *
 * @param pretty white space between the tokens of the Bundle and before its resources, none inside them
 */
record SourceBundle(
        String baseUrl,
        int total,
        String self,
        Optional<String> next,
        List<SourceResource> matches,
        List<byte[]> outcomes,
        boolean pretty) {

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
        write(out, 0, "{");
        write(out, 1, "\"resourceType\":\"Bundle\",");
        write(out, 1, "\"type\":\"searchset\",");
        write(out, 1, "\"total\":" + total + ",");
        write(out, 1, "\"link\":[");
        writeLink(out, "self", self);
        next.ifPresent(url -> {
            write(out, 0, ",");
            writeLink(out, "next", url);
        });
        write(out, 1, "]");
        writeEntries(out);
        write(out, 0, "}");
        return out.toByteArray();
    }

    private void writeLink(ByteArrayOutputStream out, String relation, String url) {
        write(out, 2, "{\"relation\":\"" + relation + "\",\"url\":" + SourceJson.quoted(url) + "}");
    }

    /** FHIR has no empty arrays: a page without entries has no {@code entry}. */
    private void writeEntries(ByteArrayOutputStream out) {
        String before = ",\"entry\":[";
        for (SourceResource match : matches) {
            write(out, 1, before);
            writeMatch(out, match);
            before = ",";
        }
        for (byte[] outcome : outcomes) {
            write(out, 1, before);
            writeEntry(out, "", outcome, "outcome");
            before = ",";
        }
        if (before.equals(",")) {
            write(out, 1, "]");
        }
    }

    private void writeMatch(ByteArrayOutputStream out, SourceResource match) {
        String url = SourceJson.quoted(baseUrl + "/" + match.type() + "/" + match.id());
        writeEntry(out, "\"fullUrl\":" + url + ",", match.json(), "match");
    }

    private void writeEntry(ByteArrayOutputStream out, String fullUrl, byte[] resource, String mode) {
        write(out, 2, "{");
        write(out, 3, fullUrl);
        write(out, 3, "\"resource\":");
        write(out, 4, "");
        out.writeBytes(resource);
        write(out, 3, ",\"search\":{\"mode\":\"" + mode + "\"}");
        write(out, 2, "}");
    }

    private void write(ByteArrayOutputStream out, int depth, String text) {
        if (pretty) {
            out.writeBytes(("\n" + "  ".repeat(depth)).getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
