package io.caravan.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What a simulator sends back, and how much of it arrives. */
record SourceAnswer(int status, Map<String, String> headers, SourceBody body, Delivery delivery) {

    /** How an answer reaches its client. */
    enum Delivery {
        COMPLETE,
        /** Half of the announced body, then the connection closes. */
        TRUNCATED,
        /** The connection closes without a byte. */
        NONE
    }

    static final String FHIR_JSON = "application/fhir+json;charset=UTF-8";

    static SourceAnswer of(int status, String contentType, byte[] body) {
        return of(status, contentType, SourceBody.of(body));
    }

    static SourceAnswer of(int status, String contentType, SourceBody body) {
        return new SourceAnswer(status, Map.of("Content-Type", contentType), body, Delivery.COMPLETE);
    }

    static SourceAnswer json(int status, byte[] body) {
        return of(status, FHIR_JSON, body);
    }

    static SourceAnswer text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** An OperationOutcome with one error. {@code code} is of FHIR's issue-type code system. */
    static SourceAnswer outcome(int status, String code, String text) {
        return json(status, SourceJson.outcome("error", code, text));
    }

    /** Neither body nor content type. */
    static SourceAnswer bare(int status) {
        return new SourceAnswer(status, Map.of(), SourceBody.NONE, Delivery.COMPLETE);
    }

    SourceAnswer with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new SourceAnswer(status, more, body, delivery);
    }

    SourceAnswer with(SourceBody other) {
        return new SourceAnswer(status, headers, other, delivery);
    }

    /** The same with another body, for which all of this one is brought into memory. */
    SourceAnswer rewritten(UnaryOperator<byte[]> change) {
        return with(SourceBody.of(change.apply(body.bytes())));
    }

    SourceAnswer delivered(Delivery how) {
        return new SourceAnswer(status, headers, body, how);
    }

    /** Whether the connection can take another request. */
    boolean sendTo(OutputStream out, SourceMessage asked) throws IOException {
        if (delivery == Delivery.NONE) {
            return false;
        }
        if (delivery == Delivery.TRUNCATED) {
            byte[] whole = body.bytes();
            write(out, head(whole.length));
            out.write(whole, 0, whole.length / 2);
            return false;
        }
        write(out, head(body.length()));
        if (!asked.method().equals("HEAD")) {
            writeBody(out);
        }
        return !asked.isLast();
    }

    private String head(long length) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append(length < 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + length);
        return head.append("\r\n\r\n").toString();
    }

    private void writeBody(OutputStream out) throws IOException {
        if (body.length() >= 0) {
            body.writeTo(out);
        } else {
            SourceChunks chunks = new SourceChunks(out);
            body.writeTo(chunks);
            chunks.end();
        }
    }

    private static void write(OutputStream out, String head) throws IOException {
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    }
}
