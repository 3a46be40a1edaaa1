package io.caravan.testing;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** An object as it is stored. */
record GcsObject(String bucket, String name, byte[] content, String contentType, long generation, Instant created) {

    /** Its resource, as the JSON API shows it. */
    Map<String, Object> resource() {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put("kind", "storage#object");
        resource.put("id", bucket + "/" + name + "/" + generation);
        resource.put("name", name);
        resource.put("bucket", bucket);
        resource.put("generation", Long.toString(generation));
        resource.put("metageneration", "1");
        resource.put("contentType", contentType);
        resource.put("storageClass", "STANDARD");
        resource.put("size", Integer.toString(content.length));
        resource.put("md5Hash", md5(content));
        resource.put("crc32c", crc32c(content));
        resource.put("etag", "C" + generation + "=");
        resource.put("timeCreated", created.toString());
        resource.put("updated", created.toString());
        return resource;
    }

    static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String crc32c(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
