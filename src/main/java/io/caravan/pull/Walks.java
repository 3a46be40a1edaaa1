package io.caravan.pull;

import io.caravan.source.PageLinks;
import io.caravan.store.CutResource;
import io.caravan.store.PageWarning;
import io.caravan.support.SqlFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * What the walks of a pull have shown, so that in its end it is known what they have not; and which
 * pages they have come to. Writes in the caller's
 * transaction, which has the cursor.
 */
@Component
class Walks {

    private static final String NOTE = SqlFiles.load("pull/note-seen");
    private static final String REMEMBER = SqlFiles.load("pull/remember-page");
    private static final String DOUBT = SqlFiles.load("pull/doubt-walk");

    /** Warnings that say nothing about what else there is. */
    private static final Set<String> HARMLESS =
            Set.of("missing_id", "id_refused", "unknown_type", "ambiguous_id", "subsetted");

    private final JdbcClient jdbc;

    Walks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether a page with these warnings shows all it could: where the source hints at more, nothing is taken for gone. */
    static boolean whole(List<PageWarning> warnings) {
        return warnings.stream().allMatch(w -> w.severity().equals("information") || HARMLESS.contains(w.code()));
    }

    /** Whether it can be relied on that this page shows all there is; on one that does not, no later walk builds. */
    void doubt(PullTask task, List<PageWarning> warnings) {
        if (!whole(warnings)) {
            jdbc.sql(DOUBT)
                    .param("orgId", task.claim().orgId())
                    .param("id", task.claim().id())
                    .update();
        }
    }

    /** Whatever a page of a walk shows, also what of it does not land; and what was read by reference is there, too. */
    void note(PullTask task, List<CutResource> shown) {
        if (!shown.isEmpty()) {
            jdbc.sql(NOTE)
                    .param("orgId", task.claim().orgId())
                    .param("pullId", task.claim().pullId())
                    .param("types", TextArray.of(shown, CutResource::type))
                    .param("ids", TextArray.of(shown, CutResource::id))
                    .update();
        }
    }

    /** Whether the walk comes to its next page for the first time, whichever nodes it went over. */
    boolean isNew(PullTask at, PullTask next) {
        byte[] hash = PageLinks.hash(next.url());
        List<byte[]> come = at.pages() == 0 ? List.of(PageLinks.hash(at.url()), hash) : List.of(hash);
        return jdbc
                .sql(REMEMBER)
                .param("orgId", at.claim().orgId())
                .param("id", at.claim().id())
                .param("hashes", new SqlArrayValue("bytea", (Object[]) come.toArray(byte[][]::new)))
                .query((row, n) -> row.getBytes("hash"))
                .list()
                .stream()
                .anyMatch(remembered -> Arrays.equals(remembered, hash));
    }
}
