package io.caravan.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.caravan.support.payload.Payload;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The FHIR JSON of a Binary: what an answer says that it is, and what its bytes become that is none.
 *
 * @param resourceType empty where the JSON object has none
 * @param contentType of its content, as it says itself; empty where it does not
 */
public record BinaryJson(String resourceType, Optional<String> contentType) {

    /** What a JSON object says of itself; empty where the body is no such object, or a broken one. */
    public static Optional<BinaryJson> of(Payload body) {
        try (JsonParser parser = PageCutter.JSON.createParser(body.open())) {
            return parser.nextToken() == JsonToken.START_OBJECT ? Optional.of(of(parser)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes bytes as the FHIR Binary that holds them (R4 § Binary), under the id that the source keeps them by. */
    public static void wrap(String id, String contentType, InputStream content, OutputStream out) throws IOException {
        String head = "{\"resourceType\":\"Binary\",\"id\":%s,\"contentType\":%s,\"data\":\""
                .formatted(quoted(id), quoted(contentType));
        out.write(head.getBytes(StandardCharsets.UTF_8));
        OutputStream data = Base64.getEncoder().wrap(new Kept(out));
        content.transferTo(data);
        data.close(); // writes its end
        out.write("\"}".getBytes(StandardCharsets.UTF_8));
    }

    /** Stays open when what writes to it is closed. */
    private static final class Kept extends FilterOutputStream {

        Kept(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    private static BinaryJson of(JsonParser parser) throws IOException {
        String resourceType = "";
        Optional<String> contentType = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_STRING) {
                if (name.equals("resourceType")) {
                    resourceType = parser.getText();
                } else if (name.equals("contentType")) {
                    contentType = Optional.of(parser.getText());
                }
            }
            parser.skipChildren();
        }
        return new BinaryJson(resourceType, contentType);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
