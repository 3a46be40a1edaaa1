package io.caravan.testing;

import java.util.Map;

/**
 * What the {@link GcsServer} answers.
 *
 * @param body bytes as they are, null for none, else what is written as JSON
 */
record GcsReply(int status, Object body, Map<String, String> headers) {

    static GcsReply json(Object body) {
        return new GcsReply(200, body, Map.of());
    }
}
