package io.caravan.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as it came over the wire.
 *
 * @param target the request line's, byte for byte as ISO-8859-1
 * @param headers by name, whatever its case
 * @param body empty if there was none
 */
record SourceMessage(String method, String target, Map<String, List<String>> headers, String body) {

    private static final int MAX_LINE = 1 << 20;

    /** The next request of a connection; null when the client has closed it. */
    static SourceMessage read(InputStream in, OutputStream out) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] parts = first.split(" ", 3);
        if (parts.length < 3) {
            throw new IOException("no request line");
        }
        Map<String, List<String>> headers = headers(in);
        if (headers.containsKey("Transfer-Encoding")) {
            throw new IOException("a request in chunks is not read");
        }
        if (headers.containsKey("Expect")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        int length = Integer.parseInt(
                headers.getOrDefault("Content-Length", List.of("0")).get(0));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new SourceMessage(parts[0], parts[1], headers, body);
    }

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Empty if there was none. */
    String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /** Whether the client ends the connection behind the answer. */
    boolean isLast() {
        return headers.getOrDefault("Connection", List.of("")).get(0).equalsIgnoreCase("close");
    }

    private static Map<String, List<String>> headers(InputStream in) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String line = line(in);
        while (line != null && !line.isEmpty()) {
            String[] header = line.split(":", 2);
            String value = header.length == 2 ? header[1].strip() : "";
            headers.computeIfAbsent(header[0], name -> new ArrayList<>()).add(value);
            line = line(in);
        }
        headers.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(headers);
    }

    /** Without its end; null at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        int b = in.read();
        if (b < 0) {
            return null;
        }
        while (b != '\n') {
            if (b < 0 || line.size() > MAX_LINE) {
                throw new EOFException("a line of the request does not end");
            }
            if (b != '\r') {
                line.write(b);
            }
            b = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
