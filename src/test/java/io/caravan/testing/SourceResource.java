package io.caravan.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One resource as its source wrote it: its bytes are never written anew. {@code patients} are whose it is. */
record SourceResource(String type, String id, Set<String> patients, byte[] json) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PATIENT = Pattern.compile("(?:.*/)?Patient/([^/#?]+)(?:/_history/.*)?");

    SourceResource {
        if (type == null || id == null) {
            throw new IllegalArgumentException("a resource needs a resourceType and an id");
        }
    }

    static SourceResource parse(byte[] json) {
        String type = null;
        String id = null;
        Set<String> patients = new LinkedHashSet<>();
        try (JsonParser parser = JSON.createParser(json)) {
            expectObject(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "resourceType" -> type = parser.getText();
                    case "id" -> id = parser.getText();
                    case "subject", "patient", "beneficiary", "target" -> collectPatients(parser, patients);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not a JSON resource", e);
        }
        return new SourceResource(type, id, Set.copyOf(patients), json);
    }

    private static void expectObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("a resource is a JSON object");
        }
    }

    /** Reads the reference, or array of references, the parser stands on. */
    private static void collectPatients(JsonParser parser, Set<String> patients) throws IOException {
        if (!parser.currentToken().isStructStart()) {
            return;
        }
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING && "reference".equals(parser.currentName())) {
                Matcher reference = PATIENT.matcher(parser.getText());
                if (reference.matches()) {
                    patients.add(reference.group(1));
                }
            }
        }
    }
}
