package io.caravan.deliver;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a file of deletions says: each line a transaction Bundle of DELETE requests (FHIR Bulk Data Access 2.0.0,
 * "Response - Complete Status", {@code deleted}); pure.
 */
final class Deletions {

    /** How many requests a Bundle has at most. */
    static final int ON_A_LINE = 100;

    private static final byte[] START = utf8("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    private static final byte[] BEFORE = utf8("{\"request\":{\"method\":\"DELETE\",\"url\":\"");
    private static final byte[] AFTER = utf8("\"}}");
    private static final byte[] END = utf8("]}\n");

    private Deletions() {}

    /** One Bundle, with the end of its line, that deletes each of these {@code Type/id}. */
    static byte[] line(List<byte[]> references) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(START);
        for (int i = 0; i < references.size(); i++) {
            if (i > 0) {
                line.write(',');
            }
            line.writeBytes(BEFORE);
            line.writeBytes(
                    JsonStringEncoder.getInstance().quoteAsUTF8(new String(references.get(i), StandardCharsets.UTF_8)));
            line.writeBytes(AFTER);
        }
        line.writeBytes(END);
        return line.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
