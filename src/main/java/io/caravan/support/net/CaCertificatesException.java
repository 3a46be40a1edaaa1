package io.caravan.support.net;

import java.nio.file.Path;

/** What {@code caravan.http.ca-certificates} names cannot be used; the message says why. */
final class CaCertificatesException extends RuntimeException {

    CaCertificatesException(Path file, String why) {
        super("%s %s".formatted(file, why));
    }
}
