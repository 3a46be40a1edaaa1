package io.caravan.deliver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedItem;
import io.caravan.support.SqlFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a run's manifest says, and what is read for it. */
@Component
class Manifests {

    private static final String LIST = SqlFiles.load("deliver/list-objects");
    private static final String RANGES = SqlFiles.load("deliver/list-ranges");
    private static final String PLACE = SqlFiles.load("deliver/find-place");
    private static final String DESCRIBE = SqlFiles.load("deliver/describe-run");

    private final JdbcClient jdbc;
    private final ObjectMapper json;

    Manifests(JdbcClient jdbc, ObjectMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    private record Described(String startedAt, String retryOf) {}

    List<RunObject> objects(String orgId, String runId) {
        return jdbc.sql(LIST)
                .param("orgId", orgId)
                .param("runId", runId)
                .query(RunObject.class)
                .list();
    }

    /** The objects that are at the destination, an archive once. */
    List<RunObject> distinctObjects(String orgId, String runId) {
        Map<String, RunObject> byKey = new LinkedHashMap<>();
        objects(orgId, runId).stream().filter(RunObject::there).forEach(o -> byKey.putIfAbsent(o.objectKey(), o));
        return List.copyOf(byKey.values());
    }

    /** Where a run delivers to, as it was when the run started. */
    record Delivering(String destinationId, String type, int revision, String settings) {}

    Delivering place(String orgId, String runId) {
        return jdbc.sql(PLACE)
                .param("orgId", orgId)
                .param("runId", runId)
                .query(Delivering.class)
                .single();
    }

    /** What an item is to hold: one range, or those of an archive. */
    List<RecordRange> ranges(ClaimedItem item) {
        return jdbc.sql(RANGES)
                .param("orgId", item.orgId())
                .param("itemId", item.id())
                .query((row, n) -> new RecordRange(
                        item.orgId(),
                        row.getInt("ordinal"),
                        row.getString("resource_type"),
                        row.getInt("part"),
                        row.getString("from_source"),
                        row.getString("from_id"),
                        row.getString("to_source"),
                        row.getString("to_id"),
                        row.getInt("largest"),
                        row.getInt("selected"),
                        row.getBoolean("deleted"),
                        row.getBoolean("backfill"),
                        item.windowFrom(),
                        item.windowTo()))
                .list();
    }

    byte[] write(DeliveryItem item) {
        ClaimedItem claim = item.claim();
        Described run = jdbc.sql(DESCRIBE)
                .param("orgId", claim.orgId())
                .param("runId", claim.runId())
                .query(Described.class)
                .single();
        List<RunObject> objects = objects(claim.orgId(), claim.runId());
        Manifest manifest = new Manifest(
                run.startedAt(),
                "caravan:" + claim.orgId() + "/" + claim.runId(),
                false,
                outputs(item, objects, false),
                outputs(item, objects, true),
                objects.stream().filter(o -> !o.there()).map(Manifests::failed).toList(),
                extension(claim, run));
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A manifest is always JSON", e);
        }
    }

    private static List<Manifest.Output> outputs(DeliveryItem item, List<RunObject> objects, boolean deleted) {
        return objects.stream()
                .filter(RunObject::there)
                .filter(o -> o.deleted() == deleted)
                .map(o -> output(item, o))
                .toList();
    }

    private static Manifest.Output output(DeliveryItem item, RunObject o) {
        String url = o.objectKey().substring(item.folder().length());
        String type = o.deleted() ? "Bundle" : o.resourceType();
        return new Manifest.Output(type, url, o.entry(), o.delivered(), o.bytes(), o.sha256());
    }

    private static Manifest.Failed failed(RunObject o) {
        return new Manifest.Failed(o.resourceType(), o.deleted() ? true : null, o.errorCode(), o.errorMessage());
    }

    private static Map<String, Object> extension(ClaimedItem claim, Described run) {
        Map<String, Object> extension = new LinkedHashMap<>();
        extension.put("run", claim.runId());
        extension.put("destination", claim.destinationId());
        extension.put("window", Map.of("from", claim.windowFrom(), "to", claim.windowTo()));
        if (run.retryOf() != null) {
            extension.put("completes", run.retryOf());
        }
        return extension;
    }
}
