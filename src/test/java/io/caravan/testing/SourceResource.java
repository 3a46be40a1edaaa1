package io.caravan.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One resource as its source wrote it: its bytes are never written anew.
 *
 * @param patients whose it is
 * @param changed what {@code _lastUpdated} is compared with: the resource's own {@code meta.lastUpdated} where it has one
 */
public record SourceResource(String type, String id, Set<String> patients, Instant changed, byte[] json) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PATIENT = Pattern.compile("(?:.*/)?Patient/([^/#?]+)(?:/_history/.*)?");

    public SourceResource {
        if (type == null || id == null) {
            throw new IllegalArgumentException("a resource needs a resourceType and an id");
        }
    }

    /**
     * Reads type, id, patients and time from a resource.
     *
     * @param otherwise when it changed, where it does not say
     */
    static SourceResource parse(byte[] json, Instant otherwise) {
        String type = null;
        String id = null;
        Instant changed = otherwise;
        Set<String> patients = new LinkedHashSet<>();
        try (JsonParser parser = JSON.createParser(json)) {
            expectObject(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "resourceType" -> type = parser.getText();
                    case "id" -> id = parser.getText();
                    case "meta" -> changed = lastUpdated(parser, changed);
                    case "subject", "patient", "beneficiary", "target" -> collectPatients(parser, patients);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not a JSON resource", e);
        }
        return new SourceResource(type, id, Set.copyOf(patients), changed, json);
    }

    SourceResource with(byte[] otherJson) {
        return new SourceResource(type, id, patients, changed, otherJson);
    }

    SourceResource changedAt(Instant moment) {
        return new SourceResource(type, id, patients, moment, json);
    }

    /** {@code type/id}. */
    public String key() {
        return type + "/" + id;
    }

    private static void expectObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("a resource is a JSON object");
        }
    }

    private static Instant lastUpdated(JsonParser parser, Instant otherwise) throws IOException {
        Instant found = otherwise;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return found;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isIt = parser.currentName().equals("lastUpdated");
            parser.nextToken();
            if (isIt) {
                found = moment(parser.getText(), otherwise);
            }
            parser.skipChildren();
        }
        return found;
    }

    private static Instant moment(String text, Instant otherwise) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return otherwise;
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
