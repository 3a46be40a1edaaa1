package io.caravan.deliver.fhir;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which resources of the same server a resource refers to, each as {@code Type/id}; pure. */
final class LocalReferences {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern LOCAL =
            Pattern.compile("([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[^#]*)?(?:#.*)?");

    private LocalReferences() {}

    /** Of a resource as it is stored; one that cannot be read refers to nothing. */
    static Set<String> of(byte[] resource) {
        Set<String> found = new LinkedHashSet<>();
        try (JsonParser parser = JSON.createParser(resource)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "reference".equals(parser.currentName())) {
                    Matcher local = LOCAL.matcher(parser.getText());
                    if (local.matches()) {
                        found.add(local.group(1));
                    }
                }
            }
        } catch (IOException e) {
            return Set.of();
        }
        return found;
    }
}
