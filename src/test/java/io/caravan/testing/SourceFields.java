package io.caravan.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads what searches ask for out of a resource's bytes, and no more of them than needed. */
final class SourceFields {

    private static final JsonFactory JSON = new JsonFactory();

    private SourceFields() {}

    /**
     * The codes of an element of the resource: a code itself, or each Coding in it, as {@code code} and as
     * {@code system|code}. None where the bytes are no JSON.
     */
    static Set<String> codes(byte[] json, String element) {
        Set<String> codes = new HashSet<>();
        find(json, element, parser -> collectCodes(parser, codes));
        return codes;
    }

    /** The references in an element of the resource. */
    static Set<String> references(byte[] json, String element) {
        Set<String> references = new HashSet<>();
        find(
                json,
                element,
                parser -> walk(parser, () -> {
                    if ("reference".equals(parser.currentName()) && parser.currentToken() == JsonToken.VALUE_STRING) {
                        references.add(parser.getText());
                    }
                }));
        return references;
    }

    private interface Reading {
        void read(JsonParser parser) throws IOException;
    }

    private interface AtToken {
        void at() throws IOException;
    }

    private static void find(byte[] json, String element, Reading reading) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isIt = parser.currentName().equals(element);
                parser.nextToken();
                if (isIt) {
                    reading.read(parser);
                    return;
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            // A resource that is broken on purpose is found by nothing.
        }
    }

    private static void collectCodes(JsonParser parser, Set<String> codes) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            codes.add(parser.getText());
            return;
        }
        Map<String, String> coding = new HashMap<>();
        walk(parser, () -> {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                coding.put(String.valueOf(parser.currentName()), parser.getText());
            } else if (parser.currentToken() == JsonToken.END_OBJECT) {
                String code = coding.get("code");
                if (code != null) {
                    codes.add(code);
                    codes.add(coding.getOrDefault("system", "") + "|" + code);
                }
                coding.clear();
            }
        });
    }

    /** Every token of the value the parser stands on. */
    private static void walk(JsonParser parser, AtToken each) throws IOException {
        int depth = 0;
        JsonToken token = parser.currentToken();
        while (token != null) {
            each.at();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            token = depth > 0 ? parser.nextToken() : null;
        }
    }
}
