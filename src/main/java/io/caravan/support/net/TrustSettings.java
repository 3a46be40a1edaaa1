package io.caravan.support.net;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The setting {@code caravan.http.ca-certificates}.
 *
 * @param caCertificates a PEM file, or a folder of such, of authorities trusted besides the JVM's own; null for none
 */
@ConfigurationProperties("caravan.http")
record TrustSettings(Path caCertificates) {

    static final String SETTING = "caravan.http.ca-certificates";

    TrustSettings {
        caCertificates = caCertificates == null || caCertificates.toString().isEmpty() ? null : caCertificates;
    }
}
