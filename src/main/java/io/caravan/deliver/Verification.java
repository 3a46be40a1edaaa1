package io.caravan.deliver;

import io.caravan.support.ErrorCode;

/** Whether an object at a destination is what was sent; pure. */
final class Verification {

    private Verification() {}

    /**
     * Compares the size, and the MD5 where the ETag is one: it is not for parts and for some kinds of encryption.
     *
     * @throws DeliveryException {@code verification_failed}; sending it again can help
     */
    static void compare(long bytes, String md5, Long foundBytes, String foundETag) {
        if (foundBytes == null || foundBytes != bytes) {
            throw failed("has %s bytes instead of %d".formatted(foundBytes, bytes));
        }
        String tag = foundETag == null ? "" : foundETag.replace("\"", "");
        if (tag.matches("[0-9a-fA-F]{32}") && !tag.equalsIgnoreCase(md5)) {
            throw failed("has other content than was sent");
        }
    }

    private static DeliveryException failed(String how) {
        return DeliveryException.passing(
                ErrorCode.VERIFICATION_FAILED, "The object was checked at the destination and %s.".formatted(how));
    }
}
