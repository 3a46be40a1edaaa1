package io.caravan.scenario;

import java.util.regex.Pattern;

/**
 * A scoped line as its source sent it: the table of product.md § 2 backwards, by text, written without the code that it
 * checks. Good for the sample: its ids are UUIDs, it has no {@code meta.source}, and its references are relative.
 */
final class Unscoped {

    private Unscoped() {}

    static String line(String scoped, String key, String base) {
        String line = scoped.replaceAll("(\"reference\":\"[A-Za-z]+/)" + key + "-([0-9a-f-]{36}\")", "$1$2");
        line = line.replaceFirst("(\"id\":\")" + key + "-", "$1");
        String source = "\"source\":\"" + Pattern.quote(base) + "/[A-Za-z]+/[0-9a-f-]{36}\"";
        line = line.replaceFirst("\"meta\":\\{" + source + "},", "").replaceFirst("," + source + "}", "}");
        String identifier = "\\{\"system\":\"" + Pattern.quote(base) + "\",\"value\":\"[0-9a-f-]{36}\"}";
        return line.replaceFirst("," + identifier + "]", "]");
    }
}
