package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.fault.History.Change;
import io.caravan.fault.History.Destination;
import io.caravan.fault.History.Listed;
import io.caravan.fault.History.Run;
import io.caravan.fault.History.StoredObject;
import io.caravan.fault.History.StoredRun;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each way in which a history can be broken is found, under its name and no other. */
class CheckerTest {

    private final History history = new History();

    @Test
    void a_history_in_which_all_arrived_is_clean() {
        source("a:1", "b:1", "a:2", "b:deleted", "c:1", "c:deleted");
        took(0, "a:1", "b:1", "a:2", "b:deleted");
        history.stored(new StoredRun("r", 9, List.of(listed("f")), List.of(object("f", true, 5))));
        history.ran(new Run("r", "succeeded", 3, 2, 1, 0, 2));

        assertThat(verdict()).isEqualTo(new Verdict(3, 4, 0, 0, 0, 0, 0, 0, 0));
        assertThat(verdict().clean()).isTrue();
    }

    @Test
    void a_record_that_never_arrived_is_lost() {
        source("a:1", "b:1");
        took(0, "a:1");

        assertThat(verdict()).isEqualTo(new Verdict(2, 1, 0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void a_change_that_never_arrived_is_lost() {
        source("a:1", "a:2");
        took(0, "a:1");

        assertThat(verdict()).isEqualTo(new Verdict(1, 1, 0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void a_deletion_that_never_arrived_is_lost_and_so_is_a_record_that_came_back() {
        source("a:1", "a:deleted", "b:1", "b:deleted", "b:2");
        took(0, "a:1", "b:1", "b:deleted");

        assertThat(verdict()).isEqualTo(new Verdict(2, 3, 0, 2, 0, 0, 0, 0, 0));
    }

    @Test
    void a_record_that_came_back_and_went_again_while_nobody_looked_is_deleted_all_the_same() {
        source("a:1", "a:deleted", "a:2", "a:deleted");
        took(0, "a:1", "a:deleted");

        assertThat(verdict()).isEqualTo(new Verdict(1, 2, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_version_after_a_newer_one_is_stale_whatever_comes_after_it() {
        source("a:1", "a:2", "a:3");
        took(0, "a:2", "a:1", "a:3");

        assertThat(verdict()).isEqualTo(new Verdict(1, 3, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void a_deletion_that_comes_after_the_record_is_back_is_stale() {
        source("a:1", "a:deleted", "a:2");
        took(0, "a:1", "a:2", "a:deleted");

        assertThat(verdict()).isEqualTo(new Verdict(1, 3, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void a_version_that_never_was_is_torn() {
        source("a:1");
        took(0, "a:1", "a:7", "x:1");

        assertThat(verdict()).isEqualTo(new Verdict(1, 3, 0, 0, 0, 2, 0, 0, 0));
    }

    @Test
    void a_version_sent_twice_is_duplicated_unless_something_explains_it() {
        source("a:1", "b:1", "b:deleted");
        took(1, "a:1", "a:1", "b:1", "b:deleted", "b:deleted");

        assertThat(verdict()).isEqualTo(new Verdict(2, 5, 1, 0, 0, 0, 1, 0, 0));
    }

    @Test
    void a_manifest_that_came_before_its_object_is_torn() {
        history.stored(new StoredRun("r", 4, List.of(listed("f")), List.of(object("f", true, 5))));

        assertThat(verdict().torn()).isEqualTo(1);
    }

    @Test
    void an_object_that_is_missing_or_another_or_not_whole_or_not_listed_is_torn() {
        history.stored(new StoredRun("missing", 9, List.of(listed("f")), List.of()));
        history.stored(
                new StoredRun("another", 9, List.of(new Listed("f", 10, "other", 1)), List.of(object("f", true, 5))));
        history.stored(new StoredRun("half", 9, List.of(listed("f")), List.of(object("f", false, 5))));
        history.stored(new StoredRun("unlisted", 9, List.of(), List.of(object("f", true, 5))));

        assertThat(verdict()).isEqualTo(new Verdict(0, 0, 0, 0, 0, 4, 0, 0, 0));
    }

    @Test
    void work_that_has_not_ended_is_stuck() {
        history.open("item_1 is running");

        assertThat(verdict()).isEqualTo(new Verdict(0, 0, 0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void counts_that_do_not_add_up_or_are_not_what_is_there_are_wrong() {
        history.ran(new Run("r1", "succeeded", 3, 2, 0, 0, 2));
        history.ran(new Run("r2", "succeeded", 3, 3, 0, 0, 2));
        history.ran(new Run("r3", "failed", 3, 0, 0, 3, -1));

        assertThat(verdict()).isEqualTo(new Verdict(0, 0, 0, 0, 0, 0, 0, 0, 2));
    }

    private Verdict verdict() {
        return Checker.of(history).verdict();
    }

    private void source(String... changes) {
        Stream.of(changes).map(CheckerTest::change).forEach(history::changed);
    }

    private void took(int repeats, String... changes) {
        history.took(new Destination(
                "lake", Stream.of(changes).map(CheckerTest::change).toList(), repeats));
    }

    private static Change change(String text) {
        String[] parts = text.split(":");
        return new Change(parts[0], parts[1]);
    }

    private static Listed listed(String key) {
        return new Listed(key, 10, "hash", 1);
    }

    private static StoredObject object(String key, boolean whole, int written) {
        return new StoredObject(key, 10, "hash", 1, whole, written);
    }
}
