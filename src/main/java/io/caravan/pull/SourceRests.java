package io.caravan.pull;

import io.caravan.support.SqlFiles;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which sources are left alone. What one of them asks this node to wait is known here at once, before the database knows
 * it for all nodes: whatever else goes on here stops before its next request.
 */
@Component
class SourceRests {

    private record Key(String orgId, String sourceId) {}

    private static final String TAKE = SqlFiles.load("pull/take-request");

    private final JdbcClient jdbc;
    private final Map<Key, Long> until = new ConcurrentHashMap<>();

    SourceRests(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The source asked to wait; this never shortens what it asked for before. */
    void hold(String orgId, String sourceId, Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        until.merge(new Key(orgId, sourceId), end, (one, other) -> one - other > 0 ? one : other);
    }

    /**
     * Called before each request, whose leave the claim or the page before it brought.
     *
     * @throws SourceRestsException where the source has asked this node to wait since
     */
    void check(String orgId, String sourceId) {
        Key key = new Key(orgId, sourceId);
        Long end = until.get(key);
        if (end == null) {
            return;
        }
        long left = end - System.nanoTime();
        if (left > 0) {
            throw new SourceRestsException(Duration.ofNanos(left));
        }
        until.remove(key, end);
    }

    /**
     * Takes leave for one request more, from the budget that all nodes share.
     *
     * @throws SourceRestsException where there is none now
     */
    void take(String orgId, String sourceId) {
        check(orgId, sourceId);
        Long wait = jdbc.sql(TAKE)
                .param("orgId", orgId)
                .param("sourceId", sourceId)
                .query((row, n) -> row.getObject(1, Long.class))
                .list()
                .get(0);
        if (wait != null) {
            throw new SourceRestsException(Duration.ofMillis(Math.max(wait, 1)));
        }
    }
}
