package io.caravan.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns an OperationOutcome into warnings, one per issue. Outcomes are rare and small: this reads them a second time
 * rather than making every other resource carry its fields.
 */
final class OutcomeReader {

    private static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_TEXT = 300;
    private static final int MAX_CODINGS = 10;

    private final JsonParser parser;
    private final List<PageWarning> warnings = new ArrayList<>();
    private String severity;
    private String code;
    private String text;
    private String diagnostics;
    private List<String> codings;

    private OutcomeReader(JsonParser parser) {
        this.parser = parser;
    }

    /** @param body a page that has been walked once, so that its JSON is known to be whole */
    static List<PageWarning> read(Payload body, int start, int end) throws IOException {
        if (end - start > MAX_LENGTH) {
            return List.of(new PageWarning("outcome", "the source sent an OperationOutcome too long to be read"));
        }
        try (JsonParser parser = PageCutter.JSON.createParser(body.open(start, end))) {
            parser.nextToken();
            OutcomeReader reader = new OutcomeReader(parser);
            reader.fields(reader::outcomeField);
            return reader.warnings.isEmpty()
                    ? List.of(new PageWarning("outcome", "the source sent an OperationOutcome without issues"))
                    : reader.warnings;
        }
    }

    private void outcomeField(String name, JsonToken value) throws IOException {
        if (name.equals("issue")) {
            objects(value, this::issue);
        } else {
            parser.skipChildren();
        }
    }

    private void issue() throws IOException {
        severity = "warning";
        code = "outcome";
        text = "";
        diagnostics = "";
        codings = new ArrayList<>();
        fields(this::issueField);
        String said = diagnostics.isEmpty() || diagnostics.equals(text)
                ? text
                : text.isEmpty() ? diagnostics : text + "; " + diagnostics;
        String codes = codings.isEmpty() ? "" : " " + String.join(" ", codings);
        String message = "the source says %s %s%s".formatted(severity, code, codes);
        warnings.add(new PageWarning(
                codings.isEmpty() ? code : codings.get(0),
                said.isEmpty() ? message : message + ": " + capped(said, MAX_TEXT),
                severity,
                codings));
    }

    private void issueField(String name, JsonToken value) throws IOException {
        switch (name) {
            case "severity" -> severity = code(value, severity);
            case "code" -> code = code(value, code);
            case "diagnostics" -> diagnostics = string(value, diagnostics);
            case "details" -> details(value);
            default -> parser.skipChildren();
        }
    }

    private void details(JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            fields(this::detailsField);
        } else {
            parser.skipChildren();
        }
    }

    private void detailsField(String name, JsonToken value) throws IOException {
        switch (name) {
            case "coding" -> objects(value, () -> fields(this::codingField));
            case "text" -> text = string(value, text);
            default -> parser.skipChildren();
        }
    }

    private void codingField(String name, JsonToken value) throws IOException {
        String coding = name.equals("code") ? code(value, "") : "";
        if (!coding.isEmpty() && codings.size() < MAX_CODINGS) {
            codings.add(coding);
        }
        parser.skipChildren();
    }

    private String string(JsonToken value, String otherwise) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return otherwise;
    }

    /** A code is short and one word; anything else in its place is prose that strayed there. */
    private String code(JsonToken value, String otherwise) throws IOException {
        String found = string(value, otherwise);
        return found.matches("[A-Za-z0-9_.:-]{1,64}") ? found : otherwise;
    }

    private void fields(Field field) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            field.read(name, parser.nextToken());
        }
    }

    private void objects(JsonToken value, Item item) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (next == JsonToken.START_OBJECT) {
                item.read();
            } else {
                parser.skipChildren();
            }
        }
    }

    /** One line of at most so many characters, never cut within a surrogate pair. */
    private static String capped(String said, int limit) {
        String line = said.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        if (line.length() <= limit) {
            return line;
        }
        return line.substring(0, Character.isHighSurrogate(line.charAt(limit - 1)) ? limit - 1 : limit);
    }

    private interface Field {
        void read(String name, JsonToken value) throws IOException;
    }

    private interface Item {
        void read() throws IOException;
    }
}
