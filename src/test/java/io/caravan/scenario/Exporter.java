package io.caravan.scenario;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import io.caravan.testing.Flow.Version;
import io.caravan.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** One run after another towards one destination: Caravan's, and the two that everybody tries first. */
public interface Exporter {

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

    /** A cursor on a number that each write draws: what a schema without snapshots would have. */
    static Exporter bySequence(Flow flow, TestDatabase database) {
        new JdbcTemplate(database.asOwner()).execute("""
                ALTER TABLE resource_record ADD COLUMN seq bigserial;
                CREATE FUNCTION number_record() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    NEW.seq := nextval('resource_record_seq_seq');
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER number_record BEFORE INSERT OR UPDATE ON resource_record
                    FOR EACH ROW EXECUTE FUNCTION number_record();
                """);
        return byCursor(flow, "seq", "bigint", "0");
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
