package io.caravan.destination.fhir;

import io.caravan.support.UrlSegment;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Assembles a bundle from resources as they are stored: each stays, byte for byte. */
public final class BundleWriter {

    /** Around each resource, at most, apart from its type and id. */
    public static final int PER_ENTRY = 64;

    private static final int FIRST_BUFFER = 64 << 10;

    private final ByteArrayOutputStream out;
    private boolean empty = true;

    public BundleWriter(boolean transaction) {
        this(transaction, FIRST_BUFFER);
    }

    /** @param expected bytes, so that the buffer need not grow */
    public BundleWriter(boolean transaction, int expected) {
        out = new ByteArrayOutputStream(expected);
        write("{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":["
                .formatted(transaction ? "transaction" : "batch"));
    }

    /** {@code PUT Type/id} of a resource in UTF-8. */
    public void put(String type, String id, byte[] resource) {
        separate();
        write("{\"resource\":");
        out.write(resource, 0, resource.length);
        write(",\"request\":{\"method\":\"PUT\",\"url\":\"" + type + "/" + UrlSegment.encode(id) + "\"}}");
    }

    /** {@code DELETE Type/id}. */
    public void delete(String type, String id) {
        separate();
        write("{\"request\":{\"method\":\"DELETE\",\"url\":\"" + type + "/" + UrlSegment.encode(id) + "\"}}");
    }

    /** The whole bundle; nothing can be added afterwards. */
    public byte[] bytes() {
        write("]}");
        return out.toByteArray();
    }

    /** The whole bundle as {@link FhirTransport} takes it: Latin-1, one character a byte. Nothing can be added afterwards. */
    public String text() {
        write("]}");
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private void separate() {
        if (!empty) {
            out.write(',');
        }
        empty = false;
    }

    private void write(String ascii) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        out.write(bytes, 0, bytes.length);
    }
}
