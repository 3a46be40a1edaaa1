package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.caravan.pull.DirectRead.Answer;
import io.caravan.run.ClaimedTask;
import io.caravan.store.CutResource;
import io.caravan.store.PageWarning;
import io.caravan.store.ReferenceTarget;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which references a pull reads, and in which round. */
class ReferencesTest extends LedgerCase {

    @Test
    void a_round_is_read_before_the_next_one_begins_and_each_id_is_noted_in_its_first() {
        show(walk("Observation"), pointing("Observation", "a", "Practitioner/d", "Organization/h"));
        ClaimedTask task = task("references", 2, "*", false);
        assertThat(pending(task, 10)).containsExactly("Organization/h 1", "Practitioner/d 1");

        read(task, Map.of("Practitioner/d", pointing("Practitioner", "d", "Location/l", "Organization/h")));
        assertThat(pending(task, 10)).containsExactly("Organization/h 1");

        read(task, Map.of("Organization/h", pointing("Organization", "h", "Organization/top")));
        assertThat(pending(task, 10)).containsExactly("Location/l 2", "Organization/top 2");
        assertThat(pending(task, 1)).isEmpty();
        assertThat(ledger.countReferences(task)).isEqualTo(Map.of("done", 2, "pending", 2));
    }

    @Test
    void only_what_no_search_returns_is_followed() {
        show(
                walk("Observation"),
                pointing(
                        "Observation",
                        "a",
                        "Patient/p",
                        "Encounter/e",
                        "Condition/c",
                        "PractitionerRole/r",
                        "Medication/m"));

        assertThat(pending(task("references", 2, "*", false), 10))
                .containsExactly("Medication/m 1", "PractitionerRole/r 1");
    }

    @Test
    void a_result_is_read_where_no_walk_of_this_pull_has_shown_it() {
        show(walk("Observation"), resource("Observation", "shown"));
        show(walk("DiagnosticReport"), report("shown", "hidden"));

        assertThat(pending(task("references", 2, "*", false), 10)).containsExactly("Observation/hidden 1");
    }

    @Test
    void a_result_that_an_earlier_pull_brought_is_read_again_where_its_type_is_walked_and_not_shown() {
        show(walk("Observation"), resource("Observation", "hidden"));
        endPull();
        pull = newPull();
        show(walk("Observation"), resource("Observation", "other"));
        show(walk("DiagnosticReport"), report("hidden"));

        assertThat(pending(task("references", 2, "*", false), 10)).containsExactly("Observation/hidden 1");
    }

    @Test
    void a_result_that_is_in_the_store_is_not_read_where_a_pull_asks_only_for_changes() {
        show(walk("Observation"), resource("Observation", "stored"));
        endPull();
        pull = newPull();
        show(task("search", 1, "Observation", false));
        show(task("search", 1, "DiagnosticReport", false), report("stored", "new"));

        assertThat(pending(task("references", 2, "*", false), 10)).containsExactly("Observation/new 1");
    }

    @Test
    void a_result_that_only_somebody_else_sees_is_read() {
        show(walk("Observation"), resource("Observation", "stored"));
        flow.jdbc()
                .sql("UPDATE record_sighting SET connection_id = 'conn_other'")
                .update();
        endPull();
        pull = newPull();
        show(task("search", 1, "DiagnosticReport", false), report("stored"));

        assertThat(pending(task("references", 2, "*", false), 10)).containsExactly("Observation/stored 1");
    }

    @Test
    void what_is_said_of_references_names_each_reason_with_its_number() {
        assertThat(ReferenceWarnings.of(Map.of("done", 9, "there", 3, "failed", 1), 10))
                .isEmpty();
        assertThat(ReferenceWarnings.of(
                        Map.of("refused", 1, "missing", 2, "unreadable", 3, "other_patient", 4, "pending", 5), 10))
                .extracting(PageWarning::code, w -> w.message().split(" ")[0])
                .containsExactly(
                        tuple("reference_refused", "1"),
                        tuple("reference_missing", "2"),
                        tuple("reference_unreadable", "3"),
                        tuple("other_patient", "4"),
                        tuple("references_too_deep", "5"));
    }

    private void endPull() {
        flow.jdbc()
                .sql("UPDATE pull SET status = 'completed' WHERE id = ?")
                .param(pull)
                .update();
    }

    private List<String> pending(ClaimedTask task, int rounds) {
        return ledger.pendingReferences(task, rounds, 50).stream()
                .map(r -> "%s/%s %d".formatted(r.type(), r.id(), r.round()))
                .toList();
    }

    private void read(ClaimedTask task, Map<String, CutResource> answers) {
        Map<Reference, DirectRead> read = new LinkedHashMap<>();
        List<Reference> pending = ledger.pendingReferences(task, 10, 50);
        answers.forEach((key, found) -> read.put(
                pending.stream()
                        .filter(r -> key.equals(r.type() + "/" + r.id()))
                        .findFirst()
                        .orElseThrow(),
                new DirectRead(Answer.DONE, Optional.of(found), List.of())));
        ledger.landReferences(
                PullTask.of(task), List.of(batch(answers.values().toArray(CutResource[]::new))), read, List.of());
    }

    private static CutResource pointing(String type, String id, String... references) {
        return resource(type, id, "1", targets(references), List.of(), List.of());
    }

    private static CutResource report(String... results) {
        List<ReferenceTarget> named =
                targets(Arrays.stream(results).map("Observation/"::concat).toArray(String[]::new));
        return resource("DiagnosticReport", "report", "1", named, named, List.of());
    }

    private static List<ReferenceTarget> targets(String... references) {
        return Arrays.stream(references)
                .map(r -> new ReferenceTarget(r.split("/")[0], r.split("/")[1]))
                .toList();
    }
}
