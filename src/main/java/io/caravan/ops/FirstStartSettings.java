package io.caravan.ops;

import io.caravan.support.secret.Secret;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the first start is given.
 *
 * @param dataDir where Caravan keeps what it makes itself
 */
@ConfigurationProperties("caravan")
record FirstStartSettings(
        @DefaultValue("./data") Path dataDir, @DefaultValue Operator operator) {

    /** The operator's password and API key; null or empty ones are made at the first start. */
    record Operator(String password, String key) {

        Optional<Secret> givenPassword() {
            return given(password);
        }

        Optional<Secret> givenKey() {
            return given(key);
        }

        private static Optional<Secret> given(String value) {
            return value == null || value.isBlank() ? Optional.empty() : Optional.of(Secret.of(value.strip()));
        }

        @Override
        public String toString() {
            return "Operator[***]";
        }
    }
}
