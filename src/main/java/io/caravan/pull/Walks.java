package io.caravan.pull;

import io.caravan.store.CutResource;
import io.caravan.store.Page;
import io.caravan.store.PageWarning;
import io.caravan.support.SqlFiles;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the walks of a pull have shown, so that in its end it is known what they have not. Writes in the caller's
 * transaction, which has the cursor.
 */
@Component
class Walks {

    private static final String NOTE = SqlFiles.load("pull/note-seen");
    private static final String DOUBT = SqlFiles.load("pull/doubt-walk");

    /** Warnings that say nothing about what else there is; 4101 is Epic's "no results" (sources.md 15). */
    private static final Set<String> HARMLESS =
            Set.of("missing_id", "id_refused", "unknown_type", "ambiguous_id", "4101");

    private final JdbcClient jdbc;

    Walks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether the source shows all it has: where it says otherwise, what is not there is not taken for gone. */
    static boolean whole(Page page) {
        return page.warnings().stream().allMatch(Walks::harmless);
    }

    private static boolean harmless(PageWarning warning) {
        return warning.severity().equals("information") || HARMLESS.contains(warning.code());
    }

    /** Whatever a page of a whole walk shows, also what of it does not land. */
    void note(PullTask task, Page page) {
        note(task, page.resources());
        if (!whole(page)) {
            jdbc.sql(DOUBT)
                    .param("orgId", task.claim().orgId())
                    .param("id", task.claim().id())
                    .update();
        }
    }

    /** What was read by reference is there, whether a search shows it or not. */
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
}
