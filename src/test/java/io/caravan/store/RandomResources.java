package io.caravan.store;

import java.util.List;
import java.util.Random;

/** Resources that no specification has thought of, with whitespace wherever JSON allows it. The seed decides all. */
final class RandomResources {

    private static final List<String> NAMES = List.of(
            "code",
            "value",
            "reference",
            "url",
            "subject",
            "meta",
            "identifier",
            "contained",
            "extension",
            "source",
            "text",
            "div",
            "a b",
            "\\u0072eference",
            "é",
            "");
    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "a  b",
            "\\u0041",
            "\\/",
            "\\\\",
            "\\\"",
            "\\\\\\\"",
            "\\n",
            "\uD83D\uDE00",
            "é",
            "\\uD83D\\uDE00",
            "{",
            "}",
            "[",
            ":",
            ",",
            "\\\"reference\\\":\\\"Patient/1\\\"",
            "Patient/");
    private static final List<String> REFERENCES = List.of(
            "Patient/1",
            "Patient\\/1",
            "Observation/a-b.c/_history/7",
            "Device/1#x",
            "#x",
            "urn:uuid:1",
            "Patient?a=b",
            "https://portal.example/fhir/Patient/1",
            "https://other.example/fhir/Patient/1",
            "Wombat/1",
            "");
    private static final List<String> LITERALS = List.of(
            "1.00", "1e2", "1E+2", "-0", "0.10000000000000000001", "12345678901234567890", "true", "false", "null");

    private final Random random;

    RandomResources(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        StringBuilder json = new StringBuilder("{");
        space(json).append("\"resourceType\"");
        space(json).append(':');
        space(json).append(random.nextBoolean() ? "\"Observation\"" : "\"Patient\"");
        int before = random.nextInt(4);
        for (int i = 0; i < before; i++) {
            member(json.append(','), 4);
        }
        space(json).append(",\"id\"");
        space(json).append(":\"id-1\"");
        int after = random.nextInt(4);
        for (int i = 0; i < after; i++) {
            member(space(json).append(','), 4);
        }
        return space(json).append('}').toString();
    }

    private void member(StringBuilder json, int depth) {
        String name = pick(NAMES);
        space(json).append('"').append(name).append('"');
        space(json).append(':');
        if (name.endsWith("eference") && random.nextBoolean()) {
            space(json).append('"').append(pick(REFERENCES)).append('"');
        } else {
            value(json, depth);
        }
        space(json);
    }

    private void value(StringBuilder json, int depth) {
        space(json);
        switch (random.nextInt(depth > 0 ? 4 : 2)) {
            case 0 -> json.append(pick(LITERALS));
            case 1 -> text(json);
            case 2 -> list(json, depth - 1, '[', ']');
            default -> list(json, depth - 1, '{', '}');
        }
        space(json);
    }

    private void list(StringBuilder json, int depth, char open, char close) {
        space(json.append(open));
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                json.append(',');
            }
            if (open == '[') {
                value(json, depth);
            } else {
                member(json, depth);
            }
        }
        space(json).append(close);
    }

    private void text(StringBuilder json) {
        json.append('"');
        int parts = random.nextInt(4);
        for (int i = 0; i < parts; i++) {
            json.append(pick(TEXTS));
        }
        json.append('"');
    }

    private StringBuilder space(StringBuilder json) {
        return random.nextInt(3) == 0 ? json.append(" \n\r\t ", random.nextInt(3), 3 + random.nextInt(3)) : json;
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
