package io.caravan.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Walks one answer from its opening brace and collects what is on it. Used once. */
final class PageReader {

    /** Far more than fit as records into the largest page that is read; what is no record could be two bytes long. */
    private static final int MOST_ENTRIES = 250_000;

    private final String type;
    private final Payload body;
    private final JsonParser parser;
    private final IdScope ids;
    private final List<CutResource> resources = new ArrayList<>();
    private final List<PageWarning> warnings = new ArrayList<>();
    private Optional<String> next = Optional.empty();
    private int entries;

    /**
     * @param type the root's
     * @param parser at the root's START_OBJECT
     */
    PageReader(String type, Payload body, JsonParser parser, IdScope ids) {
        this.type = type;
        this.body = body;
        this.parser = parser;
        this.ids = ids;
    }

    Page single() throws IOException {
        resource("the answer");
        return page();
    }

    Page bundle() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("link")) {
                links(value);
            } else if (name.equals("entry")) {
                entries(value);
            } else {
                parser.skipChildren();
            }
        }
        return page();
    }

    private Page page() {
        return new Page(type, resources, next, warnings);
    }

    private void links(JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            link(); // not in a list, as converters from XML write it: passed over, the walk would look complete
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            if (item == JsonToken.START_OBJECT) {
                link();
            } else {
                parser.skipChildren();
            }
        }
    }

    private void link() throws IOException {
        String relation = null;
        String url = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
            if (text && name.equals("relation")) {
                relation = parser.getText();
            } else if (text && name.equals("url")) {
                url = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        // One without a url is kept as such: without it the walk would end here and look complete.
        if ("next".equals(relation) && next.orElse("").isEmpty()) {
            next = Optional.of(url);
        }
    }

    private void entries(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            throw PageUnreadableException.notFhir("the Bundle's entry is not a list");
        }
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            if (++entries > MOST_ENTRIES) {
                throw PageUnreadableException.notFhir("the Bundle has more than %d entries".formatted(MOST_ENTRIES));
            }
            if (item == JsonToken.START_OBJECT) {
                entry("entry " + entries);
            } else if (item != JsonToken.VALUE_NULL) {
                parser.skipChildren();
                warnings.add(new PageWarning("unknown_type", "entry " + entries + ": it is not an object"));
            }
        }
    }

    private void entry(String place) throws IOException {
        int before = resources.size();
        boolean outcome = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("resource") && value == JsonToken.START_OBJECT) {
                resource(place);
            } else if (name.equals("resource") && value != JsonToken.VALUE_NULL) {
                parser.skipChildren();
                warnings.add(new PageWarning("unknown_type", place + ": its resource is not an object"));
            } else if (name.equals("search") && value == JsonToken.START_OBJECT) {
                outcome |= isOutcome();
            } else {
                parser.skipChildren();
            }
        }
        if (outcome && resources.size() > before) {
            List<CutResource> sentAsOutcome = resources.subList(before, resources.size());
            String type = sentAsOutcome.get(0).type();
            warnings.add(new PageWarning("outcome", place + ": " + type + " sent as an outcome, not as a record"));
            sentAsOutcome.clear();
        }
    }

    private boolean isOutcome() throws IOException {
        boolean outcome = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean mode = parser.currentName().equals("mode");
            JsonToken value = parser.nextToken();
            outcome |=
                    mode && value == JsonToken.VALUE_STRING && parser.getText().equals("outcome");
            parser.skipChildren();
        }
        return outcome;
    }

    private void resource(String place) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        ResourceWalker walker = new ResourceWalker(body, parser, ids);
        walker.walk();
        int end = (int) parser.currentLocation().getByteOffset();
        Optional<PageWarning> refusal = walker.refusal(place);
        if (refusal.isPresent()) {
            warnings.add(refusal.get());
        } else if (walker.isOutcome()) {
            warnings.addAll(OutcomeReader.read(body, start, end));
        } else {
            resources.add(walker.cut(start, end));
        }
    }
}
