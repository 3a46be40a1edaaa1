package io.caravan.scenario;

/** What a faithful copy of a resource is on one line: its text without the white space between tokens. */
final class Compact {

    private Compact() {}

    static String json(String json) {
        StringBuilder out = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\') {
                out.append(c).append(json.charAt(++i));
                continue;
            }
            inString ^= c == '"';
            if (inString || !Character.isWhitespace(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
