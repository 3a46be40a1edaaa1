package io.caravan.source;

import java.nio.charset.StandardCharsets;

/** The request target of an HTTP/1.1 request line (RFC 9112 § 3.2). */
final class OnTheWire {

    private OnTheWire() {}

    /** The same bytes; only what would end the request line, or is not ASCII, is percent-encoded. */
    static String path(String rest) {
        StringBuilder out = new StringBuilder(rest.length());
        for (byte b : rest.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0x20 && b < 0x7f) {
                out.append((char) b);
            } else {
                out.append('%').append("%02X".formatted(b & 0xff));
            }
        }
        return out.toString();
    }
}
