package io.caravan.store;

import io.caravan.support.SqlFiles;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The newest version of every resource: landing and forgetting them. */
@Component
public class Records {

    private static final String LAND = SqlFiles.load("store/land-records");
    private static final String HOLD = SqlFiles.load("store/hold-records");
    private static final String FORGET = SqlFiles.load("store/forget-records");
    private static final Comparator<CutResource> NEWER =
            Comparator.comparing(r -> r.lastUpdated().orElse(Instant.MIN));

    private final JdbcClient jdbc;

    Records(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lands a batch, in one statement where it is not large; the caller's transaction adds the cursor behind it. */
    public LandingCounts land(LandingBatch batch) {
        LandingCounts counts = LandingCounts.NONE;
        for (List<CutResource> some : Landings.of(once(batch).values())) {
            counts = counts.plus(land(batch, some));
        }
        return counts;
    }

    private LandingCounts land(LandingBatch batch, List<CutResource> once) {
        return jdbc.sql(LAND)
                .param("orgId", batch.orgId())
                .param("sourceId", batch.sourceId())
                .param("connectionId", batch.connectionId())
                .param("pullId", batch.pullId())
                .param("types", array("text", once, CutResource::type, String[]::new))
                .param("ids", array("text", once, CutResource::id, String[]::new))
                .param("originals", array("text", once, CutResource::originalId, String[]::new))
                .param("patients", array("text", once, r -> batch.patientId().orElse(null), String[]::new))
                .param("contents", array("bytea", once, r -> inArray(r.content()), byte[][]::new))
                .param("large", LargeContent.of(once))
                .param("hashes", array("bytea", once, r -> r.content().sha256(), byte[][]::new))
                .param("sizes", array("int", once, r -> r.content().length(), Integer[]::new))
                .param("updated", array("text", once, Records::updated, String[]::new))
                .query((row, n) -> new LandingCounts(once.size(), row.getInt("created"), row.getInt("changed")))
                .single();
    }

    /**
     * A connection sees these records no longer, for their source has them not.
     *
     * @return how many of them no other connection sees: they are tombstones now, in the caller's transaction
     */
    public int forget(String orgId, String sourceId, String connectionId, Collection<RecordKey> gone) {
        SqlArrayValue types = texts(gone, RecordKey::type);
        SqlArrayValue ids = texts(gone, RecordKey::id);
        jdbc.sql(HOLD)
                .param("orgId", orgId)
                .param("sourceId", sourceId)
                .param("types", types)
                .param("ids", ids)
                .query(Integer.class)
                .single();
        return jdbc.sql(FORGET)
                .param("orgId", orgId)
                .param("sourceId", sourceId)
                .param("connectionId", connectionId)
                .param("types", types)
                .param("ids", ids)
                .query(Integer.class)
                .single();
    }

    /** A page may hold a resource twice: the newer one counts, or the later where that is not said. */
    private static Map<String, CutResource> once(LandingBatch batch) {
        Map<String, CutResource> once = new LinkedHashMap<>();
        batch.resources()
                .forEach(r -> once.merge(r.type() + "/" + r.id(), r, (a, b) -> NEWER.compare(a, b) > 0 ? a : b));
        return once;
    }

    /** Nothing where it is bound apart. */
    private static byte[] inArray(Content content) {
        return Landings.isLarge(content) ? null : content.bytes();
    }

    private static String updated(CutResource resource) {
        return resource.lastUpdated().map(Instant::toString).orElse(null);
    }

    private static SqlArrayValue texts(Collection<RecordKey> keys, Function<RecordKey, String> column) {
        return new SqlArrayValue("text", (Object[]) keys.stream().map(column).toArray(String[]::new));
    }

    private static <T> SqlArrayValue array(
            String type, Collection<CutResource> resources, Function<CutResource, T> column, IntFunction<T[]> make) {
        return new SqlArrayValue(type, resources.stream().map(column).toArray(make));
    }
}
