package io.caravan.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** One request, read whole. The path is as it came: an object's name in it has its slashes escaped. */
record GcsCall(String method, String path, Map<String, String> queries, Headers headers, byte[] body) {

    static GcsCall of(HttpExchange exchange) throws IOException {
        return new GcsCall(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                pairs(exchange.getRequestURI().getRawQuery()),
                exchange.getRequestHeaders(),
                body(exchange));
    }

    /** Google's client packs some. */
    private static byte[] body(HttpExchange exchange) throws IOException {
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        InputStream in = exchange.getRequestBody();
        return packed ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
    }

    /** Null where it is not there. */
    String query(String name) {
        return queries.get(name);
    }

    String header(String name) {
        return headers.getFirst(name);
    }

    Map<String, String> form() {
        return pairs(new String(body, StandardCharsets.UTF_8));
    }

    /** The bucket, and the object if there is one, in a path that begins so. */
    String[] names(String start) {
        String rest = path.startsWith("/download" + start) ? path.substring("/download".length()) : path;
        if (!rest.startsWith(start)) {
            throw new GcsError(404, "notFound", "Not Found");
        }
        String[] parts = rest.substring(start.length()).split("/");
        if (parts.length < 2 || !parts[1].equals("o")) {
            throw new GcsError(404, "notFound", "Not Found");
        }
        return parts.length == 2 ? new String[] {parts[0]} : new String[] {parts[0], decoded(parts[2])};
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new HashMap<>();
        if (text != null && !text.isEmpty()) {
            for (String pair : text.split("&")) {
                String[] parts = pair.split("=", 2);
                pairs.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
            }
        }
        return pairs;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
