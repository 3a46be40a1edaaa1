package io.caravan.testing;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What a simulator sends back, and how much of it arrives. */
record SourceAnswer(int status, Map<String, String> headers, byte[] body, Delivery delivery) {

    /** How an answer reaches its client. */
    enum Delivery {
        COMPLETE,
        /** Half of the announced body, then the connection closes. */
        TRUNCATED,
        /** The connection closes without a byte. */
        NONE
    }

    static final String FHIR_JSON = "application/fhir+json;charset=UTF-8";

    static SourceAnswer json(int status, byte[] body) {
        return new SourceAnswer(status, Map.of("Content-Type", FHIR_JSON), body, Delivery.COMPLETE);
    }

    static SourceAnswer text(int status, String contentType, String body) {
        return new SourceAnswer(
                status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8), Delivery.COMPLETE);
    }

    /** An OperationOutcome with one error. {@code code} is of FHIR's issue-type code system. */
    static SourceAnswer outcome(int status, String code, String text) {
        return json(status, SourceJson.outcome("error", code, text));
    }

    SourceAnswer with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new SourceAnswer(status, more, body, delivery);
    }

    void sendTo(HttpExchange exchange) throws IOException {
        if (delivery == Delivery.NONE) {
            return;
        }
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, delivery == Delivery.TRUNCATED ? body.length / 2 : body.length);
        out.flush();
    }

    SourceAnswer delivered(Delivery how) {
        return new SourceAnswer(status, headers, body, how);
    }
}
