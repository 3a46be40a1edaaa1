package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.run.ClaimedTask;
import io.caravan.store.AttachmentLink;
import io.caravan.store.CutResource;
import io.caravan.support.CaravanException;
import io.caravan.testing.Flow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Which Binaries a pull fetches: each once for each version of what names it. */
class AttachmentsTest extends LedgerCase {

    private static final AttachmentLimits LIMITS = new AttachmentLimits(Set.of("text/*"), DataSize.ofBytes(9));

    @Test
    void what_several_records_name_is_planned_once_when_no_reference_is_left_to_be_read() {
        land(document("d1", "1", "a", "b", "a"), document("d2", "1", "a"));
        assertThat(planned()).isEmpty();

        endReferences();

        assertThat(planned()).containsExactly("Binary/a", "Binary/b");
    }

    @Test
    void a_plan_that_is_made_again_after_its_node_died_is_the_same() {
        land(document("d1", "1", "a"));
        PullTask references = PullTask.of(task("references", 2, "*", false));

        ledger.endReferences(references, List.of());
        ledger.endReferences(references.finished(), List.of());

        assertThat(planned()).containsExactly("Binary/a");
    }

    @Test
    void what_was_fetched_is_planned_again_only_for_another_version_that_names_it() {
        land(document("d1", "1", "a", "b"));
        endReferences();
        fetch("Binary/a");
        fetch("Binary/b");

        nextPull(document("d1", "1", "a", "b"));
        assertThat(planned()).isEmpty();

        nextPull(document("d1", "2", "b", "c"));
        assertThat(planned()).containsExactly("Binary/b", "Binary/c");
    }

    @Test
    void what_was_not_fetched_is_planned_by_the_next_pull_whether_that_sees_its_record_or_not() {
        land(document("d1", "1", "a"));
        endReferences();

        nextPull();

        assertThat(planned()).containsExactly("Binary/a");
    }

    @Test
    void what_no_present_version_names_is_planned_no_more() {
        land(document("d1", "1", "a"), document("d2", "1", "b"));
        nextPull(document("d1", "2", "c"));
        flow.jdbc()
                .sql("UPDATE resource_record SET deleted = true, content_hash = '' WHERE id = 'main-d2'")
                .update();

        nextPull();

        assertThat(planned()).containsExactly("Binary/c");
        assertThat(flow.jdbc()
                        .sql("SELECT path FROM attachment")
                        .query(String.class)
                        .list())
                .containsExactly("Binary/c");
    }

    @Test
    void what_is_left_out_is_planned_again_when_the_limits_have_changed() {
        land(document("d1", "1", "a"));
        endReferences();
        ledger.leaveOut(PullTask.of(claim("Binary/a")), LIMITS);
        String now = AttachmentLimits.of(io.caravan.source.profile.ProfileFiles.builtIn()
                        .get("default")
                        .attachments())
                .text();
        leftOutBy(now);
        nextPull();
        assertThat(planned()).isEmpty();

        leftOutBy(LIMITS.text());
        nextPull();
        assertThat(planned()).containsExactly("Binary/a");
    }

    @Test
    void one_pull_fetches_no_more_than_it_may_and_the_next_one_begins_with_the_rest() {
        land(document("d1", "1", "a", "b", "c", "d", "e"));
        ClaimedTask references = endReferences();

        assertThat(planned()).containsExactly("Binary/a", "Binary/b", "Binary/c");
        assertThat(flow.column("pull_task", "warnings", references.id()))
                .contains("attachments_left", "2 attachments are left for the next pull");

        nextPull();
        assertThat(planned()).hasSize(3).contains("Binary/d", "Binary/e");
    }

    @Test
    void the_rest_is_not_asked_for_where_many_were_refused_and_none_was_given_and_comes_first_next_time() {
        land(document("d1", "1", "a", "b", "c"));
        endReferences();
        ClaimedTask claimed = claim("Binary/a");
        flow.jdbc()
                .sql("UPDATE pull_task SET status = 'pending' WHERE kind = 'attachment' AND query <> 'Binary/a'")
                .update();
        ledger.refuseAttachment(PullTask.of(claimed));
        assertThat(statuses()).containsExactly("running", "pending", "pending");

        refusedBefore(10);
        ledger.refuseAttachment(PullTask.of(claimed));

        assertThat(statuses()).containsExactly("running", "refused", "refused");
        assertThat(flow.jdbc()
                        .sql("SELECT path FROM attachment WHERE planned_at IS NULL ORDER BY path")
                        .query(String.class)
                        .list())
                .containsExactly("Binary/b", "Binary/c");
    }

    @Test
    void a_node_that_was_replaced_lands_nothing_and_leaves_nothing_out() {
        land(document("d1", "1", "a"));
        endReferences();
        ClaimedTask frozen = claim("Binary/a");
        flow.expire("pull_task", frozen.id());
        ClaimedTask successor = claim("Binary/a");
        CutResource binary = resource("Binary", "a");

        assertThatThrownBy(() -> ledger.landAttachment(PullTask.of(frozen).finished(), batch(binary)))
                .isInstanceOf(CaravanException.class);
        assertThatThrownBy(() -> ledger.leaveOut(PullTask.of(frozen), LIMITS)).isInstanceOf(CaravanException.class);
        assertThat(status("Binary/a")).isEqualTo("due");
        assertThat(flow.jdbc()
                        .sql("SELECT count(*) FROM resource_record WHERE type = 'Binary'")
                        .query(Integer.class)
                        .single())
                .isZero();

        ledger.landAttachment(PullTask.of(successor).finished(), batch(binary));
        assertThat(status("Binary/a")).isEqualTo("fetched");
        assertThat(flow.column("pull_task", "status", successor.id())).isEqualTo("done");
    }

    @Test
    void nothing_is_noted_where_the_profile_fetches_no_attachments() {
        ClaimedTask walk = walk("DocumentReference");
        show(walk, document("d1", "1", "a"));
        endReferences();

        assertThat(planned()).isEmpty();
    }

    private void land(CutResource... shown) {
        PullTask walk = PullTask.of(walk("DocumentReference")).withAttachments(true);
        ledger.land(walk, walk.finished(), batch(shown), List.of(shown), List.of());
    }

    private ClaimedTask endReferences() {
        ClaimedTask references = task("references", 2, "*", false);
        ledger.endReferences(PullTask.of(references).finished(), List.of());
        return references;
    }

    private void nextPull(CutResource... shown) {
        flow.jdbc()
                .sql("UPDATE pull SET status = 'completed' WHERE id = ?")
                .param(pull)
                .update();
        pull = newPull();
        land(shown);
        endReferences();
    }

    private ClaimedTask claim(String path) {
        List<ClaimedTask> claimed = flow.claimTasks(50, 50);
        return claimed.stream()
                .filter(task -> task.query().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " was not claimed, but " + claimed));
    }

    private void fetch(String path) {
        String id = flow.jdbc()
                .sql("UPDATE pull_task SET due_at = now() WHERE pull_id = ? AND query = ? RETURNING id")
                .params(pull, path)
                .query(String.class)
                .single();
        flow.jdbc()
                .sql("UPDATE pull_task SET due_at = 'infinity' WHERE id <> ?")
                .param(id)
                .update();
        ClaimedTask task = Flow.mine(flow.claimTasks(50, 50), id);
        ledger.landAttachment(PullTask.of(task).finished(), batch(resource("Binary", path.substring(7))));
        flow.jdbc().sql("UPDATE pull_task SET due_at = now()").update();
    }

    private List<String> planned() {
        return flow.jdbc()
                .sql(
                        "SELECT query FROM pull_task WHERE pull_id = ? AND kind = 'attachment' AND phase = 3 ORDER BY query")
                .param(pull)
                .query(String.class)
                .list();
    }

    private List<String> statuses() {
        return flow.jdbc()
                .sql("SELECT status FROM pull_task WHERE pull_id = ? AND query LIKE 'Binary/%' ORDER BY query")
                .param(pull)
                .query(String.class)
                .list();
    }

    private void refusedBefore(int times) {
        for (int i = 0; i < times; i++) {
            String id = flow.newTask(pull, flow.source(), 2);
            flow.jdbc()
                    .sql("UPDATE pull_task SET kind = 'attachment', query = id, status = 'refused' WHERE id = ?")
                    .param(id)
                    .update();
        }
    }

    private String status(String path) {
        return flow.jdbc()
                .sql("SELECT DISTINCT status FROM attachment WHERE path = ?")
                .param(path)
                .query(String.class)
                .single();
    }

    private void leftOutBy(String limits) {
        flow.jdbc()
                .sql("UPDATE attachment SET left_out_by = ? WHERE status = 'left_out'")
                .param(limits)
                .update();
    }

    private static CutResource document(String id, String version, String... binaries) {
        return resource(
                "DocumentReference",
                id,
                version,
                List.of(),
                List.of(),
                Arrays.stream(binaries)
                        .map(b -> new AttachmentLink(b, Optional.of("text/plain"), Optional.of(3L)))
                        .toList());
    }
}
