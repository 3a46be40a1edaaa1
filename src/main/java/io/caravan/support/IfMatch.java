package io.caravan.support;

import java.time.Instant;
import java.util.Arrays;

/**
 * The version that a change is meant for, as {@code If-Match} names it: refused where somebody changed the thing since.
 *
 * @param header as it was sent; null changes whatever is there
 */
public record IfMatch(String header) {

    /**
     * The entity tag of what was last changed then: its version, then a fingerprint of all that is shown, which moves by
     * itself (the newest run, for one) and does not stand in a change's way.
     */
    public static String tag(Instant updatedAt, Object shown) {
        return "\"%s-%08x\"".formatted(version(updatedAt), shown.hashCode());
    }

    /** {@link ErrorCode#PRECONDITION_FAILED} where the thing, last changed then, is not the one that is meant. */
    public void require(Instant updatedAt) {
        if (header == null || header.strip().equals("*")) {
            return;
        }
        String current = "\"" + version(updatedAt) + "-";
        if (Arrays.stream(header.split(",")).map(String::strip).noneMatch(tag -> tag.startsWith(current))) {
            throw new CaravanException(
                    ErrorCode.PRECONDITION_FAILED, "It was changed since it was read: read it again, then decide.");
        }
    }

    private static String version(Instant updatedAt) {
        return updatedAt.getEpochSecond() + "." + updatedAt.getNano();
    }
}
