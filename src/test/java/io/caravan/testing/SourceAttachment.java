package io.caravan.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * The content of a Binary, made while it is sent.
 *
 * @param content its bytes, anew at each call; those of large ones are made on demand
 */
record SourceAttachment(String id, String contentType, Supplier<SourceBody> content) {

    /** How a Binary is answered. */
    enum Form {
        /** As FHIR JSON where the Accept header names it, else as its bytes (R4 § Binary). */
        AS_ASKED,
        BYTES,
        JSON
    }

    static SourceAttachment of(String id, String contentType, byte[] bytes) {
        return new SourceAttachment(id, contentType, () -> SourceBody.of(bytes));
    }

    /** Bytes that look random, and are those of the seed. */
    static SourceAttachment filled(String id, String contentType, long length, long seed) {
        return new SourceAttachment(
                id, contentType, () -> SourceBody.of(length, out -> writeFilling(out, length, seed)));
    }

    private static void writeFilling(OutputStream out, long length, long seed) throws IOException {
        byte[] block = new byte[8 * 1024];
        for (long from = 0; from < length; from += block.length) {
            for (int i = 0; i < block.length; i += Long.BYTES) {
                long random = SourceSeeds.mix(seed, from + i);
                for (int b = 0; b < Long.BYTES; b++) {
                    block[i + b] = (byte) (random >>> (8 * b));
                }
            }
            out.write(block, 0, (int) Math.min(block.length, length - from));
        }
    }

    SourceAnswer answer(Form form, String accept) {
        boolean json = form == Form.JSON || form == Form.AS_ASKED && accept.contains("json") && accept.contains("fhir");
        return json
                ? SourceAnswer.of(200, SourceAnswer.FHIR_JSON, SourceBody.of(-1, this::writeJson))
                : SourceAnswer.of(200, contentType, content.get());
    }

    private void writeJson(OutputStream out) throws IOException {
        String head = "{\"resourceType\":\"Binary\",\"id\":%s,\"contentType\":%s,\"data\":\""
                .formatted(SourceJson.quoted(id), SourceJson.quoted(contentType));
        out.write(head.getBytes(StandardCharsets.UTF_8));
        OutputStream base64 = Base64.getEncoder().wrap(out); // whose closing, below, closes nothing else
        content.get().writeTo(base64);
        base64.close();
        out.write("\"}".getBytes(StandardCharsets.UTF_8));
    }
}
