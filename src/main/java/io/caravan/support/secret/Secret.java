package io.caravan.support.secret;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A password, key or token. It prints as {@code ***}, can be read from JSON and never written to it, and compares in
 * constant time. Only {@link #reveal()} gives it away: call it where the secret is used, and nowhere earlier.
 */
@JsonSerialize(using = Secret.NeverWritten.class)
public final class Secret {

    private final String value;

    private Secret(String value) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        this.value = value;
    }

    /** Wraps a text, which must not be empty. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The secret itself. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }

    /** Fails rather than writing asterisks, which would be stored in the secret's place one day. */
    static final class NeverWritten extends StdSerializer<Secret> {

        NeverWritten() {
            super(Secret.class);
        }

        @Override
        public void serialize(Secret secret, JsonGenerator json, SerializerProvider provider)
                throws JsonMappingException {
            throw JsonMappingException.from(json, "a Secret is not written as JSON: leave it out, or seal it");
        }
    }
}
