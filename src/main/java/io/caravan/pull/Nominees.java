package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.store.PageWarning;
import io.caravan.store.RecordKey;
import io.caravan.support.SqlFiles;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What seems to have vanished from a source: nominated by what the walks of a pull have not shown, and then asked for.
 * Writes in the caller's transaction, which has the cursor.
 */
@Component
class Nominees {

    private static final String NOMINATE = SqlFiles.load("pull/nominate-vanished");
    private static final String PENDING = SqlFiles.load("pull/pending-nominees");
    private static final String MARK = SqlFiles.load("pull/mark-nominees");
    private static final String KEPT = SqlFiles.load("pull/count-kept");

    private final JdbcClient jdbc;
    private final PullLimits limits;

    Nominees(JdbcClient jdbc, PullLimits limits) {
        this.jdbc = jdbc;
        this.limits = limits;
    }

    /** Nominates; where too much seems to have vanished at once to be true it says so, and nominates nothing. */
    List<PageWarning> nominate(ClaimedTask task) {
        List<Missing> tooMany = jdbc.sql(NOMINATE)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("connectionId", task.connectionId())
                .param("most", limits.mostVanished())
                .param("percent", limits.mostVanishedPercent())
                .query(Missing.class)
                .list();
        boolean ofOneType = tooMany.stream().anyMatch(m -> m.type() != null);
        return tooMany.stream()
                .filter(m -> m.type() != null || !ofOneType)
                .map(Missing::warning)
                .toList();
    }

    List<Nominee> pending(ClaimedTask task, int batch) {
        return jdbc.sql(PENDING)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("batch", batch)
                .query(Nominee.class)
                .list();
    }

    /** Which of them are gone, by the word of a source that does answer reads of their types. */
    List<RecordKey> mark(ClaimedTask task, Map<Nominee, DirectRead> read) {
        return jdbc.sql(MARK)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("types", TextArray.of(read.keySet(), Nominee::type))
                .param("ids", TextArray.of(read.keySet(), Nominee::id))
                .param("statuses", TextArray.of(read.values(), Nominees::status))
                .query(RecordKey.class)
                .list();
    }

    /** Those that stay although the source did not say that it has them still. */
    List<PageWarning> kept(ClaimedTask task) {
        return jdbc.sql(KEPT)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .query((row, n) -> new PageWarning(
                        "vanished_unverified",
                        "%d %s are not shown any more, but the source does not say that they are gone: they were kept."
                                .formatted(row.getInt("n"), row.getString("type"))))
                .list();
    }

    private static String status(DirectRead read) {
        return switch (read.answer()) {
            case DONE -> "there";
            case MISSING -> "gone";
            case REFUSED, OTHER_PATIENT, UNREADABLE, FAILED -> "unknown";
        };
    }

    /** @param type null for all types together */
    private record Missing(String type, int known, int missing) {

        PageWarning warning() {
            return new PageWarning(
                    "many_vanished",
                    "%d of %d %s are not shown any more. So many at once may be the source's mistake: nothing was deleted."
                            .formatted(missing, known, type == null ? "records" : type));
        }
    }
}
