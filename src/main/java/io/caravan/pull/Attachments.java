package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.store.AttachmentLink;
import io.caravan.store.CutResource;
import io.caravan.store.PageWarning;
import io.caravan.support.SqlFiles;
import io.caravan.support.UrlSegment;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The Binaries that records name, and which of them are to be fetched. Writes in the caller's transaction. */
@Component("pullAttachments")
class Attachments {

    private static final String NOTE = SqlFiles.load("pull/note-attachments");
    private static final String DROP = SqlFiles.load("pull/drop-attachments");
    private static final String PLAN = SqlFiles.load("pull/plan-attachments");
    private static final String READ = SqlFiles.load("pull/read-attachments");
    private static final String REFUSE = SqlFiles.load("pull/refuse-attachments");
    private static final String MARK = SqlFiles.load("pull/mark-attachments");

    /** Refused in a row, so many say that the grant allows none. */
    private static final int REFUSALS = 10;

    private final JdbcClient jdbc;
    private final SourceProfiles profiles;
    private final PullLimits limits;

    Attachments(JdbcClient jdbc, SourceProfiles profiles, PullLimits limits) {
        this.jdbc = jdbc;
        this.profiles = profiles;
        this.limits = limits;
    }

    private record Named(CutResource holder, AttachmentLink link) {

        String path() {
            return "Binary/" + UrlSegment.encode(link.binaryId());
        }
    }

    /** What these name; called after they landed, so that it is noted with the version that counts. */
    void note(PullTask task, List<CutResource> landed) {
        if (!task.attachments()) {
            return;
        }
        List<Named> named = landed.stream()
                .flatMap(r -> r.attachments().stream().map(link -> new Named(r, link)))
                .toList();
        if (named.isEmpty()) {
            return;
        }
        of(NOTE, task.claim())
                .param("sourceId", task.claim().sourceId())
                .param("holderTypes", TextArray.of(named, n -> n.holder().type()))
                .param("holderIds", TextArray.of(named, n -> n.holder().id()))
                .param("paths", TextArray.of(named, Named::path))
                .param("binaryIds", TextArray.of(named, n -> n.link().binaryId()))
                .param(
                        "contentTypes",
                        TextArray.of(named, n -> n.link().contentType().orElse(null)))
                .param(
                        "sizes",
                        new SqlArrayValue(
                                "bigint",
                                named.stream()
                                        .map(n -> n.link().size().orElse(null))
                                        .toArray()))
                .update();
    }

    /** Plans a task for each that is to be fetched; says how many are more than one pull fetches. */
    List<PageWarning> plan(ClaimedTask task) {
        SourceProfile.Attachments wanted = profiles.get(task.profile()).attachments();
        if (!wanted.pull()) {
            return List.of();
        }
        of(DROP, task).param("sourceId", task.sourceId()).update();
        int left = of(PLAN, task)
                .param("sourceId", task.sourceId())
                .param("pullId", task.pullId())
                .param("limits", AttachmentLimits.of(wanted).text())
                .param("most", limits.mostAttachments())
                .query(Integer.class)
                .single();
        return left == 0
                ? List.of()
                : List.of(new PageWarning(
                        "attachments_left",
                        "%d attachments are left for the next pull: one fetches %d (caravan.pull.most-attachments)."
                                .formatted(left, limits.mostAttachments())));
    }

    /** How the records that name the task's Binary describe it. */
    List<Attachment> of(ClaimedTask task) {
        return of(READ, task)
                .param("sourceId", task.sourceId())
                .param("path", task.query())
                .query((row, n) -> new Attachment(
                        row.getString("binary_id"),
                        Optional.ofNullable(row.getString("content_type")),
                        Optional.ofNullable(row.getObject("size", Long.class)),
                        row.getBoolean("of_patient")))
                .list();
    }

    void fetched(ClaimedTask task) {
        mark(task, "fetched", null);
    }

    /** The source refuses one: where it has refused many and given none, the others of the pull are not asked for. */
    void refused(ClaimedTask task) {
        of(REFUSE, task)
                .param("pullId", task.pullId())
                .param("refusals", REFUSALS)
                .update();
    }

    void leftOut(ClaimedTask task, AttachmentLimits by) {
        mark(task, "left_out", by.text());
    }

    private void mark(ClaimedTask task, String status, String by) {
        of(MARK, task)
                .param("path", task.query())
                .param("status", status)
                .param("limits", by, Types.VARCHAR)
                .update();
    }

    private JdbcClient.StatementSpec of(String statement, ClaimedTask task) {
        return jdbc.sql(statement).param("orgId", task.orgId()).param("connectionId", task.connectionId());
    }
}
