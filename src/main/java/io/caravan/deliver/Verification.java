package io.caravan.deliver;

import io.caravan.destination.StoredObject;
import io.caravan.support.ErrorCode;

/** Whether an object at a destination is what was sent; pure. */
final class Verification {

    private static final String OTHER_CONTENT =
            "The object was checked at the destination and has other content than was sent.";

    private Verification() {}

    /**
     * The object just uploaded: its size, and its MD5 where the ETag is one. It is not for parts, nor where the store
     * encrypts with keys of a KMS or of the customer (Amazon S3 API Reference, "Object", ETag), though it may look like it.
     *
     * @throws DeliveryException {@code verification_failed}; sending it again can help
     */
    static void uploaded(long bytes, String md5, Long foundBytes, String foundETag, boolean encrypted) {
        if (foundBytes == null || foundBytes != bytes) {
            throw DeliveryException.passing(ErrorCode.VERIFICATION_FAILED, wrongSize(bytes, foundBytes));
        }
        String tag = bare(foundETag);
        if (!encrypted && tag.matches("[0-9a-fA-F]{32}") && !tag.equalsIgnoreCase(md5)) {
            throw DeliveryException.passing(ErrorCode.VERIFICATION_FAILED, OTHER_CONTENT);
        }
    }

    /**
     * The object just uploaded, at a store that always says which MD5 it has.
     *
     * @throws DeliveryException {@code verification_failed}; sending it again can help
     */
    static void uploaded(long bytes, String md5, StoredObject found) {
        if (found.bytes() != bytes) {
            throw DeliveryException.passing(ErrorCode.VERIFICATION_FAILED, wrongSize(bytes, found.bytes()));
        }
        if (!md5.equalsIgnoreCase(found.md5())) {
            throw DeliveryException.passing(ErrorCode.VERIFICATION_FAILED, OTHER_CONTENT);
        }
    }

    /**
     * An object uploaded earlier: its size and its ETag are those it had then.
     *
     * @throws DeliveryException {@code verification_failed}; somebody else has changed it, and looking again cannot help
     */
    static void unchanged(long bytes, String etag, Long foundBytes, String foundETag) {
        if (foundBytes == null || foundBytes != bytes) {
            throw DeliveryException.permanent(ErrorCode.VERIFICATION_FAILED, wrongSize(bytes, foundBytes));
        }
        if (!bare(etag).equals(bare(foundETag))) {
            throw DeliveryException.permanent(
                    ErrorCode.VERIFICATION_FAILED,
                    "An object of this run was changed at the destination by somebody else.");
        }
    }

    private static String wrongSize(long bytes, Long found) {
        return "The object was checked at the destination and has %s bytes instead of %d.".formatted(found, bytes);
    }

    private static String bare(String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }
}
