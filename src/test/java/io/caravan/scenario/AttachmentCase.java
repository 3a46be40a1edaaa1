package io.caravan.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What scenarios about attachments have in common: a small source, its documents, and what it was asked for. */
abstract class AttachmentCase extends FaultScenario {

    static final byte[] PDF = "%PDF-1.4 \u00e9".getBytes(StandardCharsets.UTF_8);

    SourceSimulator source;

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    JsonNode pullAgain(JsonNode pull) {
        return caravan.awaitPull(caravan.pullNow(pull.path("connection_id").asText()));
    }

    List<JsonNode> attachmentTasks(JsonNode pull) {
        return caravan.tasks(pull.path("id").asText()).stream()
                .filter(task -> task.path("kind").asText().equals("attachment"))
                .toList();
    }

    List<SourceRequest> binaries() {
        return source.requests(r -> r.isRead("Binary"));
    }

    static List<String> ids(List<SourceRequest> requests) {
        return requests.stream().map(SourceRequest::id).toList();
    }

    static String attachment(String url, String contentType) {
        return "{\"contentType\":\"%s\",\"url\":\"%s\"}".formatted(contentType, url);
    }

    static String document(String id, String... attachments) {
        return "{\"resourceType\":\"DocumentReference\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"},\"content\":[%s]}"
                .formatted(
                        id,
                        String.join(
                                ",",
                                List.of(attachments).stream()
                                        .map(one -> "{\"attachment\":" + one + "}")
                                        .toList()));
    }
}
