package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many items of a destination are on their way at once, and which share those in doubt have of a node's slots (I9). */
class DestinationShareIT extends FlowCase {

    private static final int CAP = 4;
    private static final int SLOTS = 4;
    private static final int IN_DOUBT = 2;

    @BeforeEach
    void records() {
        land("v1", 8);
    }

    @Test
    void a_destination_starts_with_one_item_at_a_time_and_gets_one_more_with_each_that_is_delivered() {
        planned(flow.newUntriedDestination());

        List<ClaimedItem> held = new ArrayList<>();
        for (int most : List.of(1, 2, 3, 4, 4)) {
            held.addAll(flow.claimItems(50, CAP));
            assertThat(held).hasSize(most);
            flow.delivered(held.remove(0));
        }
    }

    @Test
    void one_that_nothing_was_delivered_to_for_a_while_starts_anew() {
        String destination = planned(flow.newDestination());
        flow.jdbc()
                .sql("UPDATE destination SET answered_at = now() - INTERVAL '2 min'")
                .update();

        List<ClaimedItem> first = flow.claimItems(50, CAP);
        assertThat(first).hasSize(1);
        flow.delivered(first.get(0));

        assertThat(flow.column("destination", "pace", destination)).isEqualTo("2");
        assertThat(flow.claimItems(50, CAP)).hasSize(2);
    }

    @Test
    void one_that_fails_gets_one_item_at_a_time_over_all_nodes_until_one_is_delivered() {
        planned(flow.newDestination());
        List<ClaimedItem> held = new ArrayList<>(flow.claimItems(50, CAP));
        assertThat(held).hasSize(CAP);

        flow.failed(held.remove(0), true, false);
        assertThat(flow.claimItems(50, CAP)).as("three are still on their way").isEmpty();
        held.forEach(item -> flow.failed(item, true, false));
        for (int n = 0; n < 3; n++) {
            List<ClaimedItem> alone = flow.claimItems(50, CAP);
            assertThat(alone).hasSize(1);
            assertThat(flow.claimItems(50, CAP)).isEmpty();
            flow.failed(alone.get(0), true, false);
        }
        flow.delivered(flow.claimItems(50, CAP).get(0));

        assertThat(flow.claimItems(50, CAP)).as("it starts anew").hasSize(2);
    }

    @Test
    void a_failure_for_good_says_nothing_of_the_destination() {
        String destination = planned(flow.newDestination());

        flow.failed(flow.claimItems(50, CAP).get(0));

        assertThat(flow.column("destination", "failing_since", destination)).isNull();
        assertThat(flow.claimItems(50, CAP)).hasSize(1);
    }

    @Test
    void four_nodes_at_once_never_hold_two_items_of_one_that_fails() throws Exception {
        planned(flow.newUntriedDestination());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<ClaimedItem>>> rounds = new ArrayList<>();
        try {
            for (int n = 0; n < 4; n++) {
                rounds.add(threads.submit(() -> {
                    Flow own = flow.over(database.asApp());
                    List<ClaimedItem> most = List.of();
                    for (int round = 0; round < 25; round++) {
                        List<ClaimedItem> mine = own.claimItems(50, CAP);
                        most = mine.size() > most.size() ? mine : most;
                        int running = own.jdbc()
                                .sql("SELECT count(*) FROM export_item WHERE status = 'running'")
                                .query(Integer.class)
                                .single();
                        assertThat(running).isLessThanOrEqualTo(1);
                        mine.forEach(item -> own.failed(item, true, false));
                    }
                    return most;
                }));
            }
            for (Future<List<ClaimedItem>> round : rounds) {
                assertThat(round.get()).hasSizeLessThanOrEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(flow.jdbc()
                        .sql("SELECT sum(attempts) FROM export_item")
                        .query(Integer.class)
                        .single())
                .isPositive();
    }

    @Test
    void destinations_in_doubt_hold_no_more_than_their_share_and_one_that_answers_has_the_rest() {
        for (int n = 0; n < 50; n++) {
            planned(flow.newUntriedDestination());
        }
        String healthy = planned(flow.newDestination());

        List<ClaimedItem> first = claim(SLOTS);
        assertThat(first).hasSize(SLOTS);
        assertThat(of(healthy, first)).hasSize(SLOTS - IN_DOUBT);
        of(healthy, first).forEach(flow::delivered);

        for (int n = 0; n < 2; n++) {
            List<ClaimedItem> next = claim(SLOTS - IN_DOUBT);
            assertThat(next).hasSize(SLOTS - IN_DOUBT).isEqualTo(of(healthy, next));
            next.forEach(flow::delivered);
        }
    }

    @Test
    void a_slot_of_the_share_that_is_free_again_goes_to_another_and_the_untried_come_before_those_that_failed() {
        String failing = planned(flow.newUntriedDestination());
        flow.failed(claim(SLOTS).get(0), true, false);
        String[] untried = {
            planned(flow.newUntriedDestination()),
            planned(flow.newUntriedDestination()),
            planned(flow.newUntriedDestination())
        };

        List<ClaimedItem> first = claim(SLOTS);
        assertThat(first).extracting(ClaimedItem::destinationId).containsExactlyInAnyOrder(untried[0], untried[1]);
        flow.failed(first.get(0), true, false);

        List<ClaimedItem> second = claim(SLOTS);
        assertThat(second).extracting(ClaimedItem::destinationId).containsExactly(untried[2]);
        flow.failed(second.get(0), true, false);
        assertThat(claim(SLOTS)).extracting(ClaimedItem::destinationId).containsExactly(failing);
    }

    @Test
    void the_share_is_each_nodes_own() {
        for (int n = 0; n < 5; n++) {
            planned(flow.newUntriedDestination());
        }
        assertThat(claim(SLOTS)).hasSize(IN_DOUBT);
        assertThat(claim(SLOTS)).isEmpty();

        flow.jdbc().sql("UPDATE export_item SET node = 'another'").update();

        assertThat(claim(SLOTS)).hasSize(IN_DOUBT);
    }

    @Test
    void one_whose_item_is_on_its_way_for_too_long_is_in_doubt_until_it_is_delivered() {
        String hanging = planned(flow.newDestination());
        List<ClaimedItem> held = flow.claimItems(2, CAP, IN_DOUBT);
        assertThat(held).hasSize(2);
        flow.jdbc()
                .sql("UPDATE export_item SET heard_at = now() - INTERVAL '2 min' WHERE status = 'running'")
                .update();
        planned(flow.newUntriedDestination());

        assertThat(claim(2)).as("its own, and another's, for it has the share").isEmpty();
        held.forEach(flow::delivered);

        assertThat(of(hanging, claim(2))).hasSize(2);
    }

    @Test
    void one_that_cannot_be_claimed_takes_no_turn_from_those_that_can() {
        List<String> blocked = List.of(fhir(), fhir());
        blocked.forEach(destination -> flow.jdbc()
                .sql("UPDATE export_item SET due_at = now() + INTERVAL '1 min' WHERE destination_id = ? AND rank = 0")
                .param(destination)
                .update());
        String able = planned(flow.newUntriedDestination());

        assertThat(claim(SLOTS)).extracting(ClaimedItem::destinationId).containsExactly(able);
    }

    @Test
    void what_one_item_was_asked_to_wait_holds_for_all_nodes_and_is_never_shortened() {
        String destination = planned(flow.newDestination());
        List<ClaimedItem> held = flow.claimItems(2, CAP);
        flow.throttled(held.get(0), 3_600_000);
        flow.throttled(held.get(1), 1_000);

        assertThat(flow.claimItems(50, CAP)).isEmpty();
        assertThat(flow.column(
                        "destination",
                        "(paused_until BETWEEN now() + INTERVAL '59 min' AND now() + INTERVAL '61 min')",
                        destination))
                .isEqualTo("true");
        flow.jdbc().sql("UPDATE destination SET paused_until = now()").update();
        assertThat(flow.claimItems(50, CAP)).hasSize(1);
    }

    @Test
    void of_cancelled_runs_one_takes_back_its_objects_at_a_time_and_others_are_planned_meanwhile() {
        List<String> destinations =
                List.of(planned(flow.newDestination()), planned(flow.newDestination()), planned(flow.newDestination()));
        flow.claimItems(50, CAP).forEach(flow::delivered);
        destinations.forEach(
                destination -> flow.cancel(flow.runs(destination, "running").get(0)));
        String queued = flow.queueRun(flow.newDestination(), "full");

        List<ClaimedRun> first = flow.claimRuns(2);
        assertThat(first).extracting(ClaimedRun::step).containsExactlyInAnyOrder("plan", "cancel");
        assertThat(first).extracting(ClaimedRun::id).contains(queued);
        assertThat(flow.claimRuns(2)).isEmpty();
        first.stream().filter(run -> run.step().equals("cancel")).forEach(flow::settle);

        assertThat(flow.claimRuns(2)).extracting(ClaimedRun::step).containsExactly("cancel");
    }

    @Test
    void a_cancelled_run_takes_nothing_back_where_the_destination_asked_to_be_left_alone() {
        String destination = planned(flow.newDestination());
        flow.claimItems(50, CAP).forEach(flow::delivered);
        flow.cancel(flow.runs(destination, "running").get(0));
        flow.jdbc()
                .sql("UPDATE destination SET paused_until = now() + INTERVAL '1 hour'")
                .update();
        assertThat(flow.claimRuns(2)).isEmpty();

        flow.jdbc().sql("UPDATE destination SET paused_until = now()").update();

        assertThat(flow.claimRuns(2)).extracting(ClaimedRun::step).containsExactly("cancel");
    }

    /** By one and the same node. */
    private List<ClaimedItem> claim(int free) {
        return flow.claimItems(free, CAP, IN_DOUBT);
    }

    private static List<ClaimedItem> of(String destination, List<ClaimedItem> claimed) {
        return claimed.stream()
                .filter(item -> item.destinationId().equals(destination))
                .toList();
    }

    /** The destination with a run of a file for each record. */
    private String planned(String destination) {
        flow.queueRun(destination, "full");
        flow.start(destination, new Flow.Cut(1, 64 << 20));
        return destination;
    }

    /** One that was never tried, with an item of each of two ranks. */
    private String fhir() {
        String destination = planned(flow.newUntriedDestination());
        flow.jdbc()
                .sql("UPDATE export_item SET rank = 1 WHERE destination_id = ? AND ordinal > 1")
                .param(destination)
                .update();
        return destination;
    }
}
