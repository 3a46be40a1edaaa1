package io.caravan.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON as a tree that forgets nothing but whitespace: duplicate and ordered members, numbers as their text. */
public sealed interface JsonTree {

    record Text(String value) implements JsonTree {}

    /** A number, true, false or null. */
    record Literal(String text) implements JsonTree {}

    record Items(List<JsonTree> items) implements JsonTree {}

    record Members(List<Member> members) implements JsonTree {
        public boolean has(String name) {
            return members.stream().anyMatch(member -> member.name().equals(name));
        }
    }

    record Member(String name, JsonTree value) {}

    static JsonTree of(byte[] json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            return read(parser, parser.nextToken());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonTree read(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return new Text(parser.getText());
        }
        if (token == JsonToken.START_ARRAY) {
            List<JsonTree> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(read(parser, next));
            }
            return new Items(items);
        }
        if (token == JsonToken.START_OBJECT) {
            List<Member> members = new ArrayList<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                members.add(new Member(name, read(parser, parser.nextToken())));
            }
            return new Members(members);
        }
        return new Literal(parser.getText());
    }
}
