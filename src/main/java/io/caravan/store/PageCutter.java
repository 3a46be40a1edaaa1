package io.caravan.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.caravan.support.payload.Payload;
import java.io.IOException;

/**
 * Cuts an answer of a source into resources, byte for byte (product.md § 2 "Fidelity" and "Ids", architecture.md § 5
 * "In"). A streaming parser says where tokens begin and end; what leaves is copied from the bytes that came, without
 * the whitespace outside strings and, for a scoped source, with ids and references spliced in.
 *
 * <p>Reads a Bundle as a page, whatever its type, and any other resource as a page of one. Immutable, safe to share.
 */
public final class PageCutter {

    static final int MAX_DEPTH = 500;

    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(100_000_000)
                    .maxNumberLength(10_000)
                    .build())
            // Names of unknown elements are the source's choice: they stay out of the JVM's string table.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final int BOM_LENGTH = 3;

    private final IdScope ids;

    public PageCutter(IdScope ids) {
        this.ids = ids;
    }

    /**
     * @param body a whole answer in UTF-8, with or without a byte order mark; not changed, not kept
     * @return its resources, its next link and its warnings; a single OperationOutcome is a page of warnings
     * @throws PageUnreadableException if it is not UTF-8, not JSON, not complete, too deep, or neither a Bundle nor a
     *     resource: nothing of it may land
     */
    public Page cut(byte[] body) {
        return cut(Payload.of(body));
    }

    /**
     * The same of an answer that may be too long for memory: what is cut from it stays in its file until it is asked for.
     *
     * @param body the page's from now on, and closed with it; closed at once where nothing of it can land
     */
    public Page cut(Payload body) {
        try {
            Page page = read(body);
            if (page.resources().isEmpty()) {
                body.close();
            }
            return page;
        } catch (RuntimeException e) {
            body.close();
            throw e;
        }
    }

    private Page read(Payload body) {
        refuseOtherThanUtf8Json(body);
        // A look ahead, because nothing makes a source send resourceType first.
        String type = parse(body, PageCutter::topLevelType);
        return parse(body, parser -> {
            parser.nextToken();
            PageReader reader = new PageReader(type, body, parser, ids);
            Page page = type.equals("Bundle") ? reader.bundle() : reader.single();
            if (parser.nextToken() != null) {
                throw PageUnreadableException.notJson("something follows the JSON object");
            }
            return page;
        });
    }

    private static String topLevelType(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw PageUnreadableException.notFhir("the answer is JSON, but not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean named = parser.currentName().equals("resourceType");
            if (parser.nextToken() == JsonToken.VALUE_STRING && named) {
                return parser.getText();
            }
            parser.skipChildren();
        }
        throw PageUnreadableException.notFhir("the answer is a JSON object without a resourceType");
    }

    /** The one place where the parser's failures become ours; its messages quote the body and go no further. */
    private static <T> T parse(Payload body, Reading<T> reading) {
        try (JsonParser parser = body.held() ? JSON.createParser(body.bytes()) : JSON.createParser(body.open())) {
            return read(body, parser, reading);
        } catch (IOException e) {
            throw PageUnreadableException.notJson("the answer cannot be read as JSON");
        }
    }

    private static <T> T read(Payload body, JsonParser parser, Reading<T> reading) throws IOException {
        try {
            return reading.from(parser);
        } catch (StreamConstraintsException e) {
            throw parser.getParsingContext().getNestingDepth() > MAX_DEPTH
                    ? PageUnreadableException.tooDeep(MAX_DEPTH)
                    : PageUnreadableException.notJson("the answer holds a name, string or number that is too long");
        } catch (JsonEOFException e) {
            throw PageUnreadableException.notJson("the answer breaks off after %d bytes".formatted(body.length()));
        } catch (JsonParseException e) {
            throw PageUnreadableException.notJson("the answer is not valid JSON (at byte %d)"
                    .formatted(e.getLocation().getByteOffset()));
        }
    }

    /** Leaves the parser no encoding to guess but UTF-8, and names the usual impostors. */
    private static void refuseOtherThanUtf8Json(Payload body) {
        int invalid = Utf8.firstInvalid(body);
        if (invalid >= 0) {
            throw PageUnreadableException.invalidUtf8(invalid);
        }
        int start = startsWithBom(body) ? BOM_LENGTH : 0;
        for (int at = start; at < Math.min(body.length(), start + 4); at++) {
            if (body.at(at) == 0) {
                throw PageUnreadableException.notJson("the answer is not JSON in UTF-8 (it starts with zero bytes)");
            }
        }
        while (start < body.length() && Splice.isWhitespace(body.at(start))) {
            start++;
        }
        if (start == body.length()) {
            throw PageUnreadableException.notJson("the answer is empty");
        }
        if (body.at(start) == '<') {
            throw PageUnreadableException.notJson("the answer is HTML or XML, not FHIR JSON (starts with '<')");
        }
    }

    private static boolean startsWithBom(Payload body) {
        return body.length() >= BOM_LENGTH
                && body.at(0) == (byte) 0xEF
                && body.at(1) == (byte) 0xBB
                && body.at(2) == (byte) 0xBF;
    }

    private interface Reading<T> {
        T from(JsonParser parser) throws IOException;
    }
}
