package io.caravan.testing;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Buckets and what is in them. */
final class GcsStore {

    private final Map<String, NavigableMap<String, GcsObject>> buckets = new ConcurrentHashMap<>();
    private final AtomicLong generations = new AtomicLong(1_700_000_000_000_000L);

    void create(String bucket) {
        buckets.putIfAbsent(bucket, new ConcurrentSkipListMap<>());
    }

    void delete(String bucket) {
        buckets.remove(bucket);
    }

    NavigableMap<String, GcsObject> require(String bucket) {
        NavigableMap<String, GcsObject> objects = buckets.get(bucket);
        if (objects == null) {
            throw new GcsError(404, "notFound", "The specified bucket does not exist.");
        }
        return objects;
    }

    List<String> keys(String bucket, String prefix) {
        return require(bucket).keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
    }

    GcsObject get(String bucket, String key) {
        GcsObject object = require(bucket).get(key);
        if (object == null) {
            throw new GcsError(404, "notFound", "No such object: " + bucket + "/" + key);
        }
        return object;
    }

    /** Refuses where the caller's condition on the generation that is there does not hold. */
    void requireGeneration(String bucket, String key, String condition) {
        GcsObject there = require(bucket).get(key);
        if (condition != null && Long.parseLong(condition) != (there == null ? 0 : there.generation())) {
            throw new GcsError(
                    412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
        }
    }

    /** The object as it is told; where it is truncated, it is not what is kept. */
    GcsObject put(String bucket, String key, byte[] content, String contentType, boolean truncated) {
        String type = contentType == null ? "application/octet-stream" : contentType;
        long generation = generations.incrementAndGet();
        GcsObject whole = new GcsObject(bucket, key, content, type, generation, Instant.now());
        byte[] kept = truncated ? Arrays.copyOf(content, content.length - 1) : content;
        require(bucket).put(key, new GcsObject(bucket, key, kept, type, generation, whole.created()));
        return whole;
    }

    GcsReply list(String bucket, String prefix) {
        List<Map<String, Object>> items = require(bucket).values().stream()
                .filter(object -> prefix == null || object.name().startsWith(prefix))
                .map(GcsObject::resource)
                .toList();
        return GcsReply.json(Map.of("kind", "storage#objects", "items", items));
    }

    GcsReply read(String bucket, String key, boolean media) {
        GcsObject object = get(bucket, key);
        return media
                ? new GcsReply(
                        200,
                        object.content(),
                        Map.of(
                                "Content-Type",
                                object.contentType(),
                                "x-goog-hash",
                                "md5=" + GcsObject.md5(object.content())))
                : GcsReply.json(object.resource());
    }

    GcsReply remove(String bucket, String key) {
        get(bucket, key);
        require(bucket).remove(key);
        return new GcsReply(204, null, Map.of());
    }
}
