package io.caravan.scenario;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import io.caravan.testing.Flow.Version;
import java.util.ArrayList;
import java.util.List;

/** One run after another towards one destination: Caravan's, and the two that everybody tries first. */
interface Exporter {

    /** What this run delivered, in order. */
    List<Version> run();

    /** Caravan's own statements, from the trigger to the watermark. */
    static Exporter byWatermark(Flow flow, String destination) {
        return () -> {
            List<Version> delivered = new ArrayList<>();
            if (flow.sweep() == 0) {
                return delivered;
            }
            ClaimedRun run = flow.claimRuns(1).get(0);
            flow.plan(run, new Flow.Cut(7, 64 << 20));
            for (List<ClaimedItem> items = flow.claimItems(4); !items.isEmpty(); items = flow.claimItems(4)) {
                for (ClaimedItem item : items) {
                    List<String> lines = item.kind().equals("manifest") ? List.of() : flow.read(item);
                    lines.forEach(line -> delivered.add(Flow.version(line)));
                    flow.delivered(item, lines.size());
                }
            }
            flow.end(destination);
            return delivered;
        };
    }

    /** {@code WHERE column > last}: a cursor on what is drawn before the commit. */
    static Exporter byCursor(Flow flow, String column, String type, String start) {
        String[] last = {start};
        return () -> {
            List<Version> delivered = new ArrayList<>();
            flow.jdbc().sql("""
                            SELECT content, %1$s::text AS cursor FROM resource_record
                             WHERE %1$s > CAST(? AS %2$s) ORDER BY %1$s""".formatted(column, type)).param(last[0]).query(row -> {
                delivered.add(Flow.version(row.getString("content")));
                last[0] = row.getString("cursor");
            });
            return delivered;
        };
    }
}
