package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.store.CutResource;
import io.caravan.store.IdScope;
import io.caravan.store.ReferenceTarget;
import io.caravan.support.SqlFiles;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a pull reads because something else refers to it. Writes in the caller's transaction, which has the cursor. */
@Component("pullReferences")
class References {

    private static final String NOTE = SqlFiles.load("pull/note-references");
    private static final String SETTLE_RESULTS = SqlFiles.load("pull/settle-results");
    private static final String PENDING = SqlFiles.load("pull/pending-references");
    private static final String MARK = SqlFiles.load("pull/mark-references");
    private static final String COUNT = SqlFiles.load("pull/count-references");

    private final JdbcClient jdbc;

    References(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether no search by patient returns resources of this type. */
    static boolean onlyReferred(String type) {
        return QueryPlan.FOLLOWED.contains(type);
    }

    /** What these resources refer to, and no search returns or may not return. */
    void note(PullTask task, List<CutResource> landed, int round) {
        List<ReferenceTarget> targets = Stream.concat(
                        landed.stream().flatMap(r -> r.references().stream()).filter(r -> onlyReferred(r.type())),
                        landed.stream().flatMap(r -> r.results().stream()))
                .distinct()
                .toList();
        if (targets.isEmpty()) {
            return;
        }
        IdScope scope = task.scope();
        jdbc.sql(NOTE)
                .param("orgId", task.claim().orgId())
                .param("pullId", task.claim().pullId())
                .param("round", round)
                .param("types", TextArray.of(targets, ReferenceTarget::type))
                .param("ids", TextArray.of(targets, ReferenceTarget::originalId))
                .param("recordIds", TextArray.of(targets, r -> scope.scopeId(r.originalId())))
                .param("results", TextArray.of(targets, r -> Boolean.toString(!onlyReferred(r.type()))))
                .update();
    }

    /** The next ones to read, all of one round; empty where none is left. */
    List<Reference> pending(ClaimedTask task, int rounds, int batch) {
        jdbc.sql(SETTLE_RESULTS)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .update();
        return jdbc.sql(PENDING)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("rounds", rounds)
                .param("batch", batch)
                .query(Reference.class)
                .list();
    }

    void mark(ClaimedTask task, Map<Reference, DirectRead> read) {
        jdbc.sql(MARK)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("types", TextArray.of(read.keySet(), Reference::type))
                .param("ids", TextArray.of(read.keySet(), Reference::id))
                .param("statuses", TextArray.of(read.values(), DirectRead::status))
                .update();
    }

    /** How many of the pull's references have come to each status. */
    Map<String, Integer> count(ClaimedTask task) {
        return jdbc
                .sql(COUNT)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .query((row, n) -> Map.entry(row.getString("status"), row.getInt("n")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
