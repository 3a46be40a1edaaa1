package io.caravan.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Uploads in one request of two parts, and in sessions of many requests. */
final class GcsUploads {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int UNIT = 256 * 1024;
    private static final Pattern RANGE = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

    private final GcsStore store;
    private final PutFaults faults;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private volatile String base;

    GcsUploads(String base, GcsStore store, PutFaults faults) {
        this.base = base;
        this.store = store;
        this.faults = faults;
    }

    private record Session(
            String bucket, String key, JsonNode metadata, String generation, ByteArrayOutputStream received) {}

    void sendTo(URI elsewhere) {
        base = elsewhere.toString();
    }

    GcsReply handle(GcsCall call) {
        String bucket = call.names("/upload/storage/v1/b/")[0];
        store.require(bucket);
        if (call.method().equals("PUT")) {
            return part(call);
        }
        int refusal = faults.begin();
        if (refusal != 0) {
            throw refused(refusal).askingToWait(faults.retryAfter());
        }
        return switch (String.valueOf(call.query("uploadType"))) {
            case "multipart" -> whole(bucket, call);
            case "resumable" -> begin(bucket, call);
            default -> throw new GcsError(400, "invalid", "Unknown uploadType");
        };
    }

    private static GcsError refused(int status) {
        return switch (status) {
            case 403 -> new GcsError(403, "forbidden", "the account does not have storage.objects.create access");
            case 503 -> new GcsError(503, "backendError", "Backend Error");
            default -> new GcsError(status, "invalid", "the server was told to answer " + status);
        };
    }

    private GcsReply begin(String bucket, GcsCall call) {
        JsonNode metadata = read(call.body());
        String key = call.query("name") == null ? metadata.path("name").asText() : call.query("name");
        store.requireGeneration(bucket, key, call.query("ifGenerationMatch"));
        String id = UUID.randomUUID().toString();
        sessions.put(
                id, new Session(bucket, key, metadata, call.query("ifGenerationMatch"), new ByteArrayOutputStream()));
        String location = base + "/upload/storage/v1/b/" + bucket + "/o?uploadType=resumable&upload_id=" + id;
        return new GcsReply(200, null, Map.of("Location", location));
    }

    private GcsReply part(GcsCall call) {
        Session session = sessions.get(String.valueOf(call.query("upload_id")));
        if (session == null) {
            throw new GcsError(404, "notFound", "No such upload");
        }
        Matcher range = RANGE.matcher(String.valueOf(call.header("Content-Range")));
        if (!range.matches()) {
            throw new GcsError(400, "badRequest", "Invalid Content-Range");
        }
        synchronized (session) {
            receive(session, range, call.body());
            int size = session.received().size();
            if (!Integer.toString(size).equals(range.group(3))) {
                return new GcsReply(308, null, size == 0 ? Map.of() : Map.of("Range", "bytes=0-" + (size - 1)));
            }
            sessions.remove(call.query("upload_id"));
            return finish(session);
        }
    }

    private static void receive(Session session, Matcher range, byte[] body) {
        if (range.group(1) == null) {
            return; // asks how far it has come, or that nothing is left
        }
        long from = Long.parseLong(range.group(1));
        long to = Long.parseLong(range.group(2));
        boolean last = !range.group(3).equals("*");
        if (from != session.received().size() || to - from + 1 != body.length || !last && body.length % UNIT != 0) {
            throw new GcsError(400, "badRequest", "The range does not fit what was received, or what was sent");
        }
        session.received().writeBytes(body);
    }

    private GcsReply finish(Session session) {
        store.requireGeneration(session.bucket(), session.key(), session.generation());
        return stored(
                session.bucket(),
                session.key(),
                session.metadata(),
                session.received().toByteArray());
    }

    private GcsReply whole(String bucket, GcsCall call) {
        String boundary = call.header("Content-Type").replaceFirst(".*boundary=\"?([^\";]+)\"?.*", "$1");
        String text = new String(call.body(), StandardCharsets.ISO_8859_1);
        String[] parts = text.split("--" + Pattern.quote(boundary) + "(--)?\\r\\n");
        JsonNode metadata = read(content(parts[1]));
        String key = call.query("name") == null ? metadata.path("name").asText() : call.query("name");
        store.requireGeneration(bucket, key, call.query("ifGenerationMatch"));
        return stored(bucket, key, metadata, content(parts[2]));
    }

    /** Of a part: behind its headers, and without the line end before the next boundary. */
    private static byte[] content(String part) {
        byte[] bytes = part.substring(part.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.copyOf(bytes, bytes.length - 2);
    }

    private GcsReply stored(String bucket, String key, JsonNode metadata, byte[] content) {
        digest("MD5", metadata.path("md5Hash").asText(null), GcsObject.md5(content));
        digest("CRC32C", metadata.path("crc32c").asText(null), GcsObject.crc32c(content));
        String type = metadata.path("contentType").asText(null);
        return GcsReply.json(
                store.put(bucket, key, content, type, faults.truncatesThis()).resource());
    }

    private static void digest(String name, String provided, String calculated) {
        if (provided != null && !provided.equals(calculated)) {
            throw new GcsError(
                    400,
                    "invalid",
                    "Provided %s hash \"%s\" doesn't match calculated %s hash \"%s\"."
                            .formatted(name, provided, name, calculated));
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new GcsError(400, "parseError", "Parse Error");
        }
    }
}
