package io.caravan.destination.fhir;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravan.destination.fhir.Outcomes.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a {@code batch-response} or {@code transaction-response} from its bytes; outcomes only where an entry failed. */
final class BundleAnswerReader {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * What the body is.
     *
     * @param resourceType null where it is no JSON object, or names none
     * @param type {@code Bundle.type}
     */
    record Body(String resourceType, String type, List<EntryAnswer> entries) {}

    private final byte[] body;
    private final JsonParser parser;
    private final List<EntryAnswer> entries = new ArrayList<>();
    private String resourceType;
    private String type;
    private String status;
    private String location;
    private Outcome said;
    private byte[] resource;

    private BundleAnswerReader(byte[] body, JsonParser parser) {
        this.body = body;
        this.parser = parser;
    }

    /** @throws IOException where the body is not JSON */
    static Body read(byte[] body) throws IOException {
        try (JsonParser parser = JSON.createParser(body)) {
            BundleAnswerReader reader = new BundleAnswerReader(body, parser);
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                reader.bundle();
                requireEnd(parser);
            }
            return new Body(reader.resourceType, reader.type, List.copyOf(reader.entries));
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new IOException("There is more than one JSON value");
        }
    }

    private void bundle() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "resourceType" -> resourceType = text(value);
                case "type" -> type = text(value);
                case "entry" -> entries(value);
                default -> parser.skipChildren();
            }
        }
    }

    private void entries(JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            status = null;
            location = null;
            said = null;
            resource = null;
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                entry();
            } else {
                parser.skipChildren();
            }
            entries.add(answer());
        }
    }

    private void entry() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("response") && value == JsonToken.START_OBJECT) {
                response();
            } else if (name.equals("resource") && value == JsonToken.START_OBJECT) {
                resource = cut();
            } else {
                parser.skipChildren();
            }
        }
    }

    private void response() throws IOException {
        byte[] outcome = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "status" -> status = text(value);
                case "location" -> location = text(value);
                case "outcome" -> outcome = value == JsonToken.START_OBJECT ? cut() : null;
                default -> parser.skipChildren();
            }
        }
        said = failed() && outcome != null ? Outcomes.of(outcome) : null;
    }

    private EntryAnswer answer() {
        Outcome outcome = said;
        if (outcome == null && failed() && resource != null) {
            outcome = Outcomes.of(resource); // older servers answer with the outcome in the resource's place
        }
        return new EntryAnswer(code(), location, outcome == null ? Outcome.NONE : outcome);
    }

    private boolean failed() {
        int code = code();
        return code < 200 || code > 299;
    }

    /** "201 Created" is 201 (R4, Bundle.entry.response.status). */
    private int code() {
        return status != null && status.strip().matches("[1-5]\\d\\d(\\D.*)?")
                ? Integer.parseInt(status.strip().substring(0, 3))
                : 0;
    }

    /** The bytes of the object that the parser stands at; the parser stands at its end afterwards. */
    private byte[] cut() throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return Arrays.copyOfRange(body, from, (int) parser.currentLocation().getByteOffset());
    }

    private String text(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }
}
