package io.caravan.support;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;

/**
 * Prefixed ids: {@code <prefix>_} and the 32 hexadecimal digits of a UUIDv7 (RFC 9562 § 5.7), so that ids sort by time.
 * The SQL function {@code new_id} makes the same.
 */
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    /** A new id such as {@code org_0193…}. */
    public static String next(String prefix) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        random[0] = (byte) (0x70 | random[0] & 0x0f);
        random[2] = (byte) (0x80 | random[2] & 0x3f);
        return "%s_%012x%s"
                .formatted(prefix, Clock.systemUTC().millis(), HexFormat.of().formatHex(random));
    }
}
