package io.caravan.support.secret;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the keyset is.
 *
 * @param keyset the file that must exist; null means {@code keyset.json} in the data directory, made when missing
 * @param dataDir where Caravan keeps what it makes itself
 */
@ConfigurationProperties("caravan")
record KeysetSettings(Path keyset, @DefaultValue("./data") Path dataDir) {

    KeysetSettings {
        keyset = keyset == null || keyset.toString().isEmpty() ? null : keyset; // CARAVAN_KEYSET= is none
    }
}
