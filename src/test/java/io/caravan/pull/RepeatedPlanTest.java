package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatedPlanTest {

    private static final List<PlannedTask> WHOLE = List.of(
            PlannedTask.patient("p1"),
            search("Goal", "Goal?"),
            search("Observation", "Observation?category=laboratory"),
            search("Observation", "Observation?category=vital-signs"),
            PlannedTask.references(),
            PlannedTask.vanished());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Goal? done, Observation?category=laboratory done, Observation?category=vital-signs failed | Observation?category=vital-signs",
                "Goal? refused, Observation?category=laboratory done, Observation?category=vital-signs failed | Goal?, Observation?category=vital-signs",
                "Goal? unsupported, Observation?category=laboratory done, Observation?category=vital-signs done | ''",
                "Goal? done, Observation? failed | Observation?category=laboratory, Observation?category=vital-signs",
                "Goal? done, Observation? done | ''",
                "Goal? done, Observation?category=laboratory failed | Observation?category=laboratory, Observation?category=vital-signs",
            })
    void only_what_was_refused_or_failed_is_asked_again(String outcomes, String keys) {
        List<QueryOutcome> before = Arrays.stream(outcomes.split(", "))
                .map(o -> o.split(" "))
                .map(o -> new QueryOutcome(o[0], o[0].substring(0, o[0].indexOf('?')), o[1]))
                .toList();

        List<PlannedTask> plan = RepeatedPlan.of(WHOLE, before);

        assertThat(plan)
                .filteredOn(task -> task.kind().equals("search"))
                .extracting(PlannedTask::key)
                .containsExactly(keys.isEmpty() ? new String[0] : keys.split(", "));
        assertThat(plan.get(0).kind()).isEqualTo("read");
        assertThat(plan.get(plan.size() - 1).kind()).isEqualTo("references");
    }

    @Test
    void a_pull_that_was_never_planned_is_repeated_whole() {
        assertThat(RepeatedPlan.of(WHOLE, List.of())).isEqualTo(WHOLE);
    }

    private static PlannedTask search(String type, String key) {
        return PlannedTask.search(type, key + "&patient=p1", true, key);
    }
}
